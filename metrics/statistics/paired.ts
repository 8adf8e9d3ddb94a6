import { SimvlmError } from "../error.js";
import { type MetricResult, sumStatistics } from "../metric.js";
import { checkResampling, type ResamplingOptions, summarize } from "./bootstrap.js";
import { drawRows, sumClusters, sumRows } from "./clusters.js";
import { createRandomSource } from "./random.js";

/** How two systems' scores differ on the same examples. */
export interface PairedDifference {
  /** First system's score minus the second's. */
  readonly difference: number;
  /** Probability of a difference at least this large, in either direction, if the systems were equally good. */
  readonly pValue: number;
}

export interface BootstrapDifference extends PairedDifference {
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
}

/**
 * Paired bootstrap (Koehn 2004, with sacreBLEU's two-sided p-value): the same drawn examples for both systems. The
 * p-value is the share of resampled differences that lie at least as far from their own mean as the observed one from 0.
 *
 * @throws SimvlmError `not-paired` where the results are not of one metric on one set of examples
 */
export function pairedBootstrap<Name extends string>(
  first: MetricResult<Name>,
  second: MetricResult<Name>,
  options: ResamplingOptions = {},
): Record<Name, BootstrapDifference> {
  const { resamples, seed, confidence } = checkResampling(options);
  const { a, b, count, width } = pair(first, second);
  const random = createRandomSource(seed);
  const samples = first.names.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    const rows = drawRows(count, random);
    const scores = first.scoresFromSums(sumRows(a, width, rows));
    const others = first.scoresFromSums(sumRows(b, width, rows));
    for (const [name, score] of scores.entries()) samples[name]![k] = score - others[name]!;
  }
  const observed = observedDifferences(first, second);
  return byName(first.names, (_, i) => {
    const difference = observed[i]!;
    const differences = samples[i]!;
    const mean = differences.reduce((sum, x) => sum + x, 0) / resamples;
    const asFar = differences.filter((x) => Math.abs(x - mean) >= Math.abs(difference)).length;
    const { low, high, standardError } = summarize(difference, differences, confidence);
    return { difference, low, high, standardError, pValue: (asFar + 1) / (resamples + 1) };
  });
}

/**
 * Paired permutation (approximate randomisation, Noreen 1989): which system made an output is decided by a coin for each
 * example. The p-value is the share of coin tossings whose difference is at least the observed one.
 *
 * @throws SimvlmError `not-paired` where the results are not of one metric on one set of examples
 */
export function pairedPermutation<Name extends string>(
  first: MetricResult<Name>,
  second: MetricResult<Name>,
  options: ResamplingOptions = {},
): Record<Name, PairedDifference> {
  const { resamples, seed } = checkResampling(options);
  const { a, b, count, width } = pair(first, second);
  const random = createRandomSource(seed);
  const observed = observedDifferences(first, second);
  const asLarge = first.names.map(() => 0);
  for (let k = 0; k < resamples; k++) {
    const [left, right] = [new Float64Array(width), new Float64Array(width)];
    for (let row = 0; row < count; row++) {
      const swapped = random() < 0.5;
      for (let column = 0; column < width; column++) {
        const i = row * width + column;
        left[column]! += swapped ? b[i]! : a[i]!;
        right[column]! += swapped ? a[i]! : b[i]!;
      }
    }
    for (const [i, difference] of differences(first, left, right).entries()) {
      // equal up to rounding: sums in another order differ in the last bits
      if (Math.abs(difference) >= Math.abs(observed[i]!) * (1 - 1e-12)) asLarge[i]!++;
    }
  }
  return byName(first.names, (_, i) => ({
    difference: observed[i]!,
    pValue: (asLarge[i]! + 1) / (resamples + 1),
  }));
}

/** Where one of two systems is right and the other wrong. */
export interface McNemarTest {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Exact, two-sided. */
  readonly pValue: number;
}

/**
 * McNemar's exact test for accuracies: if the systems are equally good, each example that only one has right is as
 * likely the one's as the other's.
 *
 * @param first 1 where the first system is right, else 0
 * @param second the same of the second
 * @throws SimvlmError `not-paired` where the lengths differ
 */
export function mcNemar(first: Float64Array, second: Float64Array): McNemarTest {
  if (first.length !== second.length) throw notPaired(`${first.length} examples against ${second.length}`);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i]! > second[i]!) onlyFirst++;
    else if (first[i]! < second[i]!) onlySecond++;
  }
  const discordant = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // twice the binomial tail, its terms in logarithms because they leave the range of numbers at about 1,000 examples
  let logTerm = -discordant * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((discordant - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}

function pair(first: MetricResult, second: MetricResult) {
  if (first.signature !== second.signature) throw notPaired(`${first.signature} against ${second.signature}`);
  if (first.statistics.values.length !== second.statistics.values.length) {
    throw notPaired(`${first.statistics.values.length} statistics against ${second.statistics.values.length}`);
  }
  if (first.clusters?.some((cluster, i) => cluster !== second.clusters?.[i])) {
    throw notPaired("the examples are clustered (by image, by sentence) in one way against another");
  }
  const [left, right] = [sumClusters(first), sumClusters(second)];
  if (left.count === 0) throw new SimvlmError("too-few-examples", `${first.metric}: there are no examples to compare`);
  return { a: left.sums, b: right.sums, count: left.count, width: first.statistics.columns.length };
}

function notPaired(what: string): SimvlmError {
  return new SimvlmError("not-paired", `${what}: a paired test needs one metric's results on the same examples`);
}

/** From the statistics: the scores themselves may be rounded, as VQA's are. */
function observedDifferences(first: MetricResult, second: MetricResult): number[] {
  return differences(first, sumStatistics(first.statistics), sumStatistics(second.statistics));
}

function differences(result: MetricResult, a: Float64Array, b: Float64Array): number[] {
  const others = result.scoresFromSums(b);
  return result.scoresFromSums(a).map((score, i) => score - others[i]!);
}

function byName<Name extends string, T>(names: readonly Name[], make: (name: Name, i: number) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name, i) => [name, make(name, i)])) as Record<Name, T>;
}
