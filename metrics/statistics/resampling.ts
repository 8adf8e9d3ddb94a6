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
  { resamples, seed }: Required<ResamplingOptions>,
): (readonly Float64Array[])[] {
  const isThere = (result: MetricResult) => {
    const last = resampled.get(result);
    return last?.resamples === resamples && last.seed === seed;
  };
  const byCount = new Map<number, Drawn[]>();
  for (const result of new Set(results)) {
    if (isThere(result)) continue;
    const width = result.statistics.columns.length;
    const values = sumClusters(result);
    if (values.length === 0) {
      throw new SimvlmError("too-few-examples", `${result.metric}: there are no examples to resample`);
    }
    const drawn = { result, values, width, scores: result.names.map(() => new Float64Array(resamples)) };
    const count = values.length / width;
    byCount.set(count, [...(byCount.get(count) ?? []), drawn]);
  }
  for (const [count, drawn] of byCount) {
    const random = new RandomBlocks(seed);
    const table = new RowTable(
      placeSideBySide(drawn),
      drawn.reduce((sum, { width }) => sum + width, 0),
    );
    for (const { first, sets } of blocksOf(resamples, count)) {
      for (const rows of sets) random.fillWhole(rows, count);
      for (const [k, sums] of table.sumRows(sets).entries()) scoreSet(drawn, sums, first + k);
    }
    for (const { result, scores } of drawn) resampled.set(result, { resamples, seed, scores });
  }
  return results.map((result) => resampled.get(result)!.scores);
}

/** A result that is resampled beside others of as many examples. */
interface Drawn {
  readonly result: MetricResult;
  /** Row-major, examples or clusters × width. */
  readonly values: Float64Array;
  readonly width: number;
  readonly scores: readonly Float64Array[];
}

/** @param sums of the columns of all that were drawn, side by side */
function scoreSet(drawn: readonly Drawn[], sums: Float64Array, set: number): void {
  let start = 0;
  for (const { result, width, scores } of drawn) {
    const own = result.scoresFromSums(sums.slice(start, start + width));
    for (const [i, score] of own.entries()) scores[i]![set] = score;
    start += width;
  }
}

/** How many sets are drawn before the tables are looked at. */
const BLOCK = 16;

/** Room for the rows of all resampled sets, a block of sets at a time; the same room again for every block. */
export function* blocksOf(resamples: number, count: number): Generator<{ first: number; sets: Int32Array[] }> {
  const sets = Array.from({ length: Math.min(BLOCK, resamples) }, () => new Int32Array(count));
  for (let first = 0; first < resamples; first += BLOCK) yield { first, sets: sets.slice(0, resamples - first) };
}
