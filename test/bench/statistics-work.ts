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

/*
 * Our side of the benchmark of statistics, and the plain loop beside it, each in a process of its own:
 *
 *     statistics-work.js cider|bleu|comparison ours|peer
 *
 * prints the milliseconds as JSON.
 */

const EXAMPLES = 40_000;
const { resamples: RESAMPLES, seed: SEED } = RESAMPLING_DEFAULTS;

function main([what, side]: readonly string[]): void {
  const works: Readonly<Record<string, () => () => void>> = {
    cider: () => bootstrapOf(cider(1), side === "ours"),
    bleu: () => bootstrapOf(bleu(1), side === "ours"),
    comparison: comparisonOfRuns,
  };
  const work = works[what!]!();
  const before = process.cpuUsage();
  work();
  process.stdout.write(JSON.stringify({ ms: process.cpuUsage(before).user / 1000 }));
}

function bootstrapOf(result: MetricResult, isOurs: boolean): () => void {
  return isOurs ? () => bootstrap(result) : () => resamplePlainly(result);
}

/** All that a comparison of two runs by three metrics needs. */
function comparisonOfRuns(): () => void {
  const [first, second] = [1, 2].map((seed) => [cider(seed), bleu(seed), rouge(seed)]);
  const pairs = first!.map((result, i) => [result, second![i]!] as const);
  return () => {
    bootstrapAll(pairs.flat());
    pairedBootstrapAll(pairs);
    pairedPermutationAll(pairs);
  };
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

main(process.argv.slice(2));
