import { type MetricResult, nameEach } from "../metric.js";
import { checkResampling, type ResamplingOptions, resampleScores } from "./resampling.js";

/** A score with the interval that the resampled scores fill. */
export interface Interval {
  /** The metric's own score, not the mean of the resampled ones. */
  readonly score: number;
  /** The interval's lower end. */
  readonly low: number;
  /** The interval's upper end. */
  readonly high: number;
  /** The standard deviation of the resampled scores. */
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
  const { confidence, ...draws } = checkResampling(options);
  const [samples] = resampleScores([result], { confidence, ...draws });
  return nameEach(result.names, (name, i) => summarize(result.scores[name], samples![i]!, confidence));
}

/**
 * {@link bootstrap} of several results, in their order: the same numbers in less time, because examples are drawn once
 * for all results. What is drawn is remembered with each result, so that `pairedBootstrap` of two of them, with the
 * same options, need not draw again.
 *
 * @throws SimvlmError `too-few-examples`, `bad-resampling`
 */
export function bootstrapAll(
  results: readonly MetricResult[],
  options: ResamplingOptions = {},
): Record<string, Interval>[] {
  resampleScores(results, checkResampling(options));
  return results.map((result) => bootstrap(result, options));
}

/** The middle `confidence` of the samples and their standard deviation. */
export function summarize(score: number, samples: Float64Array, confidence: number): Interval {
  const sorted = samples.toSorted();
  const tail = (1 - confidence) / 2;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const variance = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  return { score, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), standardError: Math.sqrt(variance) };
}

/** Linear interpolation between the sorted values, numpy's default. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
