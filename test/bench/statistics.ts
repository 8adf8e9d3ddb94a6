import {
  bootstrap,
  bootstrapAll,
  createRandomSource,
  createResult,
  type MetricResult,
  pairedBootstrapAll,
  pairedPermutationAll,
  RESAMPLING_DEFAULTS,
} from "@simvlm/metrics";
import type { Measurement } from "./measure.js";

const EXAMPLES = 40_000;
const { resamples: RESAMPLES, seed: SEED } = RESAMPLING_DEFAULTS;

/**
 * 1,000 resamples of 40,000 examples beside a plain loop with the same draws, as anyone would write it, and all that a
 * comparison of two runs by three metrics needs. The times are those of the processor, so that neighbours on the machine
 * count for little.
 */
export async function benchStatistics(): Promise<Partial<Measurement>[]> {
  const [first, second] = [1, 2].map((seed) => [cider(seed), bleu(seed), rouge(seed)]) as [
    MetricResult[],
    MetricResult[],
  ];
  const measurements = [first[0]!, first[1]!].map((result) => {
    const ours = measureProcessor(() => bootstrap(result));
    const theirs = measureProcessor(() => resamplePlainly(result));
    const work = `bootstrap of ${result.metric}, ${RESAMPLES} × ${EXAMPLES} rows of ${result.statistics.columns.length}`;
    return { work, oursMs: ours, peer: "plain loop", peerMs: theirs, ratio: theirs / ours };
  });
  const [runs, others] = [first, second].map((results) => results.map((result) => ({ ...result }))); // nothing remembered
  const pairs = runs!.map((result, i) => [result, others![i]!] as const);
  const all = measureProcessor(() => {
    bootstrapAll(pairs.flat());
    pairedBootstrapAll(pairs);
    pairedPermutationAll(pairs);
  });
  return [...measurements, { work: "comparison of two runs, CIDEr, BLEU, ROUGE-L", oursMs: all, peer: "none" }];
}

function measureProcessor(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return Math.round(process.cpuUsage(before).user / 1000);
}

/** A draw, a row, a column after the other. */
function resamplePlainly({ statistics: { values, columns }, scoresFromSums }: MetricResult): number[][] {
  const random = createRandomSource(SEED);
  const width = columns.length;
  const samples: number[][] = [];
  for (let k = 0; k < RESAMPLES; k++) {
    const sums = new Float64Array(width);
    for (let i = 0; i < EXAMPLES; i++) {
      const start = Math.floor(random() * EXAMPLES) * width;
      for (let column = 0; column < width; column++) sums[column]! += values[start + column]!;
    }
    samples.push(scoresFromSums(sums));
  }
  return samples;
}

function cider(seed: number): MetricResult {
  return makeMean("CIDEr", seed, 3);
}

function rouge(seed: number): MetricResult {
  return makeMean("ROUGE-L", seed, 1);
}

function makeMean(name: string, seed: number, highest: number): MetricResult {
  const random = createRandomSource(seed);
  const values = Float64Array.from({ length: 2 * EXAMPLES }, (_, i) => (i % 2 ? 1 : highest * random()));
  const scoresFromSums = (sums: Float64Array) => [sums[0]! / sums[1]!];
  return createResult(
    { name, scores: [name], columns: [name, "examples"], scoresFromSums },
    { values, signature: name },
  );
}

/** Ten counts, as BLEU's statistics have them. */
function bleu(seed: number): MetricResult {
  const random = createRandomSource(seed);
  const columns = Array.from({ length: 10 }, (_, i) => `count ${i}`);
  const values = Float64Array.from({ length: columns.length * EXAMPLES }, () => Math.floor(14 * random()));
  const scoresFromSums = (sums: Float64Array) => [2, 3, 4, 5].map((i) => sums[i]! / sums[i + 4]!);
  const scores = ["1", "2", "3", "4"];
  return createResult({ name: "BLEU", scores, columns, scoresFromSums }, { values, signature: "BLEU" });
}
