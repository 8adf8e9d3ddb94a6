import { SimvlmError } from "../error.js";
import type { MetricResult } from "../metric.js";
import { sumClusters } from "./clusters.js";
import { RandomBlocks } from "./random-source.js";
import { placeSideBySide, RowTable } from "./row-table.js";

/** How examples are resampled. */
export interface ResamplingOptions {
  /** How many resampled sets; default 1,000. */
  readonly resamples?: number;
  /** Default 12345. The same seed gives the same numbers everywhere. */
  readonly seed?: number;
  /** Coverage of intervals; default 0.95. */
  readonly confidence?: number;
}

/** What {@link ResamplingOptions} are where nothing is said. */
export const RESAMPLING_DEFAULTS = { resamples: 1000, seed: 12345, confidence: 0.95 } as const;

/**
 * Options with the defaults filled in.
 * @throws SimvlmError `bad-resampling`
 */
export function checkResampling(options: ResamplingOptions): Required<ResamplingOptions> {
  const checked = { ...RESAMPLING_DEFAULTS, ...options };
  const { resamples, confidence, seed } = checked;
  if (Number.isInteger(resamples) && resamples > 0 && confidence > 0 && confidence < 1 && Number.isInteger(seed)) {
    return checked;
  }
  throw new SimvlmError(
    "bad-resampling",
    `resamples ${resamples}, confidence ${confidence}, seed ${seed}: resamples must be a positive whole number, confidence between 0 and 1, the seed a whole number`,
  );
}

/** The draws of a result's scores: which ones, and for each score its value on every resampled set. */
interface Resampled {
  readonly resamples: number;
  readonly seed: number;
  readonly scores: readonly Float64Array[];
}

/** A result's last draws: intervals and paired differences are of the same ones. */
const resampled = new WeakMap<MetricResult, Resampled>();

/**
 * Scores of sets of examples (or clusters of them) drawn with replacement, for each result and each of its scores a
 * value for every set. The sets depend on the seed and the number of examples alone, so they are drawn once for all
 * results of as many examples.
 *
 * @throws SimvlmError `too-few-examples` for none
 */
export function resampleScores(
  results: readonly MetricResult[],
  options: Required<ResamplingOptions>,
): (readonly Float64Array[])[] {
  for (const planned of planDrawings(results, options)) keepScores(planned, sumDrawn(planned.drawing));
  return results.map((result) => resampled.get(result)!.scores);
}

/**
 * Draws what {@link resampleScores} of the same results and options then need not draw: the same numbers, summed by
 * somebody else, such as another thread.
 *
 * @param sum does what {@link sumDrawn} does
 * @throws SimvlmError `too-few-examples` for none, and what `sum` throws
 */
export async function resampleAhead(
  results: readonly MetricResult[],
  options: ResamplingOptions,
  sum: (drawing: DrawRequest) => Promise<Float64Array>,
): Promise<void> {
  const planned = planDrawings(results, checkResampling(options));
  await Promise.all(planned.map(async (each) => keepScores(each, await sum(each.drawing))));
}

/** Of what sets are drawn, and how many. */
export interface DrawRequest {
  /** Row-major, examples or clusters × width. */
  readonly values: Float64Array;
  /** The number of columns. */
  readonly width: number;
  /** The number of sets. */
  readonly resamples: number;
  /** Of the draws. */
  readonly seed: number;
}

/** The column sums of every set that is drawn: row-major, sets × width. */
export function sumDrawn({ values, width, resamples, seed }: DrawRequest): Float64Array {
  const sums = new Float64Array(resamples * width);
  const table = new RowTable(values, width);
  const random = new RandomBlocks(seed);
  for (const { first, sets } of blocksOf(resamples, table.count)) {
    for (const rows of sets) random.fillWhole(rows, table.count);
    for (const [k, own] of table.sumRows(sets).entries()) sums.set(own, (first + k) * width);
  }
  return sums;
}

/** A drawing for several results of as many examples, whose columns are side by side. */
interface PlannedDrawing {
  readonly results: readonly MetricResult[];
  readonly drawing: DrawRequest;
}

/** The drawings of those results of which the last draws are others. */
function planDrawings(
  results: readonly MetricResult[],
  { resamples, seed }: Required<ResamplingOptions>,
): PlannedDrawing[] {
  const byCount = new Map<number, { result: MetricResult; values: Float64Array; width: number }[]>();
  for (const result of new Set(results)) {
    const last = resampled.get(result);
    if (last?.resamples === resamples && last.seed === seed) continue;
    const width = result.statistics.columns.length;
    const values = sumClusters(result);
    if (values.length === 0) {
      throw new SimvlmError("too-few-examples", `${result.metric}: there are no examples to resample`);
    }
    const count = values.length / width;
    byCount.set(count, [...(byCount.get(count) ?? []), { result, values, width }]);
  }
  return Array.from(byCount.values(), (tables) => {
    const width = tables.reduce((sum, { width }) => sum + width, 0);
    return {
      results: tables.map(({ result }) => result),
      drawing: { values: placeSideBySide(tables), width, resamples, seed },
    };
  });
}

/** Remembers each result's scores of the sets with these sums. */
function keepScores({ results, drawing: { width, resamples, seed } }: PlannedDrawing, sums: Float64Array): void {
  let start = 0;
  for (const result of results) {
    const end = start + result.statistics.columns.length;
    const scores = result.names.map(() => new Float64Array(resamples));
    for (let set = 0; set < resamples; set++) {
      const own = result.scoresFromSums(sums.slice(set * width + start, set * width + end));
      for (const [i, score] of own.entries()) scores[i]![set] = score;
    }
    resampled.set(result, { resamples, seed, scores });
    start = end;
  }
}

/** How many sets are drawn before the tables are looked at. */
const BLOCK = 16;

/** Room for the rows of all resampled sets, a block of sets at a time; the same room again for every block. */
export function* blocksOf(resamples: number, count: number): Generator<{ first: number; sets: Int32Array[] }> {
  const sets = Array.from({ length: Math.min(BLOCK, resamples) }, () => new Int32Array(count));
  for (let first = 0; first < resamples; first += BLOCK) yield { first, sets: sets.slice(0, resamples - first) };
}
