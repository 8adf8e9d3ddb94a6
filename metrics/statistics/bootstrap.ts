import { SimvlmError } from "../error.js";
import type { MetricResult } from "../metric.js";
import { drawRows, sumClusters, sumRows } from "./clusters.js";
import { createRandomSource } from "./random.js";

export interface ResamplingOptions {
  /** How many resampled sets; default 1,000. */
  readonly resamples?: number;
  /** Default 12345. The same seed gives the same numbers everywhere. */
  readonly seed?: number;
  /** Coverage of intervals; default 0.95. */
  readonly confidence?: number;
}

export const RESAMPLING_DEFAULTS = { resamples: 1000, seed: 12345, confidence: 0.95 } as const;

/** A score with the interval that the resampled scores fill. */
export interface Interval {
  readonly score: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
}

/**
 * Percentile bootstrap confidence intervals of a metric's corpus scores (Efron 1979): examples (or clusters of them)
 * are drawn with replacement and their statistics summed; the texts are not scored again.
 *
 * @throws SimvlmError `too-few-examples` for none, `bad-resampling` for options out of range
 */
export function bootstrap<Name extends string>(
  result: MetricResult<Name>,
  options: ResamplingOptions = {},
): Record<Name, Interval> {
  const { resamples, seed, confidence } = checkResampling(options);
  const { sums, count } = sumClusters(result);
  if (count === 0) throw new SimvlmError("too-few-examples", `${result.metric}: there are no examples to resample`);
  const width = result.statistics.columns.length;
  const random = createRandomSource(seed);
  const samples = result.names.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    const scores = result.scoresFromSums(sumRows(sums, width, drawRows(count, random)));
    for (const [name, score] of scores.entries()) samples[name]![k] = score;
  }
  return Object.fromEntries(
    result.names.map((name, i) => [name, summarize(result.scores[name], samples[i]!, confidence)]),
  ) as Record<Name, Interval>;
}

/** The middle `confidence` of the samples and their standard deviation. Sorts the samples. */
export function summarize(score: number, samples: Float64Array, confidence: number): Interval {
  samples.sort();
  const tail = (1 - confidence) / 2;
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, samples.length - 1);
  return { score, low: quantile(samples, tail), high: quantile(samples, 1 - tail), standardError: Math.sqrt(variance) };
}

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

/** Linear interpolation between the sorted values, numpy's default. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
