import { SimvlmError } from "../error.js";
import { type MetricResult, nameEach, sumStatistics } from "../metric.js";
import { summarize } from "./bootstrap.js";
import { checkResampling, type ResamplingOptions, resampleScores } from "./resampling.js";

/** How two systems' scores differ on the same examples. */
export interface PairedDifference {
  /** First system's score minus the second's. */
  readonly difference: number;
  /**
   * Probability of a difference at least this large, in either direction, if the systems were equally good. Never less
   * than one in (resamples + 1), which is as much as so many resamples can tell.
   */
  readonly pValue: number;
}

/** A difference with its bootstrap interval. */
export interface BootstrapDifference extends PairedDifference {
  /** The interval's lower end. */
  readonly low: number;
  /** The interval's upper end. */
  readonly high: number;
  /** The standard deviation of the resampled differences. */
  readonly standardError: number;
}

/**
 * How resampled differences become a p-value: `percentile` inverts the percentile interval, `shifted` is the share of
 * resampled differences at least as far from their own mean as the observed one from 0 (Koehn 2004, sacreBLEU).
 */
export type BootstrapTest = "percentile" | "shifted";

/** How two systems are compared by {@link pairedBootstrap}. */
export interface PairedBootstrapOptions extends ResamplingOptions {
  /** Default `percentile`, which agrees with the interval. */
  readonly test?: BootstrapTest;
}

/** One metric's results of two systems on the same examples. */
export type Pair<Name extends string = string> = readonly [first: MetricResult<Name>, second: MetricResult<Name>];

/**
 * Paired bootstrap: the same drawn examples for both systems. The p-value is that of the interval: the smallest share
 * that both tails may have together for the percentile interval to leave out 0, so that p is below 0.05 exactly when
 * the 95 % interval leaves out 0. Fewer than 1 / (1 - confidence) resamples cannot tell as much.
 *
 * @throws SimvlmError `not-paired` where the results are not of one metric on one set of examples
 */
export function pairedBootstrap<Name extends string>(
  first: MetricResult<Name>,
  second: MetricResult<Name>,
  options: PairedBootstrapOptions = {},
): Record<Name, BootstrapDifference> {
  const { resamples, confidence, seed } = checkResampling(options);
  requirePair([first, second]);
  const [scores, others] = resampleScores([first, second], { resamples, confidence, seed });
  const observed = observedDifferences([first, second]);
  const test = options.test === "shifted" ? shiftToZero : invertInterval;
  return nameEach(first.names, (_, i) => {
    const difference = observed[i]!;
    const differences = scores![i]!.map((score, k) => score - others![i]![k]!);
    const { low, high, standardError } = summarize(difference, differences, confidence);
    return { difference, low, high, standardError, pValue: test(differences, difference) };
  });
}

/** With the observed set counted among the resampled ones, as sacreBLEU has it. */
function shiftToZero(differences: Float64Array, observed: number): number {
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  const asFar = differences.filter((x) => Math.abs(x - mean) >= Math.abs(observed)).length;
  return (asFar + 1) / (differences.length + 1);
}

/**
 * The bootstrap's p-value of resampled differences: what lies on the rarer side of 0, twice; where nothing does, all that so
 * many resamples can tell.
 */
export function invertInterval(differences: Float64Array): number {
  const rarer = Math.min(shareUpTo0(differences), shareUpTo0(differences.map((x) => -x)));
  return Math.max(1 / (differences.length + 1), Math.min(1, 2 * rarer));
}

/** How far one must go into the sorted values for `quantile` to be above 0: the share of them that is not. */
function shareUpTo0(values: Float64Array): number {
  const sorted = values.toSorted();
  const last = sorted.findLastIndex((x) => x <= 0);
  if (last < 0 || last === sorted.length - 1) return last < 0 ? 0 : 1;
  const [below, above] = [sorted[last]!, sorted[last + 1]!];
  return (last - below / (above - below)) / (sorted.length - 1);
}

/**
 * {@link pairedBootstrap} of several pairs, in their order: the same numbers in less time, because examples are drawn
 * once for all.
 *
 * @throws SimvlmError `not-paired`
 */
export function pairedBootstrapAll(
  pairs: readonly Pair[],
  options: PairedBootstrapOptions = {},
): Record<string, BootstrapDifference>[] {
  pairs.forEach(requirePair);
  resampleScores(pairs.flat(), checkResampling(options));
  return pairs.map(([first, second]) => pairedBootstrap(first, second, options));
}

/** @throws SimvlmError `not-paired` where results are not of one metric on one set of examples */
export function requirePair([first, second]: Pair): void {
  if (first.signature !== second.signature) throw notPaired(`${first.signature} against ${second.signature}`);
  if (first.statistics.values.length !== second.statistics.values.length) {
    throw notPaired(`${first.statistics.values.length} statistics against ${second.statistics.values.length}`);
  }
  const [clusters, others] = [first.clusters, second.clusters];
  if (clusters?.length !== others?.length || clusters?.some((cluster, i) => cluster !== others![i])) {
    throw notPaired("the examples are clustered (by image, by sentence) in two different ways");
  }
}

function notPaired(what: string): SimvlmError {
  return new SimvlmError("not-paired", `${what}: a paired test needs one metric's results on the same examples`);
}

/** Of all examples, from the statistics: the scores themselves may be rounded, as VQA's are. */
export function observedDifferences([first, second]: Pair): number[] {
  return differencesOf(first, sumStatistics(first.statistics), sumStatistics(second.statistics));
}

/** Of each score, from the sums of two systems' statistics. */
export function differencesOf(result: MetricResult, a: Float64Array, b: Float64Array): number[] {
  const others = result.scoresFromSums(b);
  return result.scoresFromSums(a).map((score, i) => score - others[i]!);
}
