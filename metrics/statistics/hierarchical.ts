import { SimvlmError } from "../error.js";
import { type MetricResult, nameEach, sumStatistics } from "../metric.js";
import { type Interval, summarize } from "./bootstrap.js";
import { type BootstrapDifference, invertInterval, requirePair } from "./paired.js";
import { RandomBlocks } from "./random-source.js";
import { checkResampling, type ResamplingOptions, resampleScores } from "./resampling.js";

/** One metric's results of the same training with several seeds, on the same examples. */
export type SeedResults<Name extends string = string> = readonly MetricResult<Name>[];

/** The stream that seeds are drawn from is another than that of the examples. */
const SEEDS_STREAM = 0x5eed5;

/**
 * Two-level (hierarchical) bootstrap of a training's mean score: trainings are drawn with replacement, and so are examples
 * (or clusters of them), the same ones for every training. The interval is of what other seeds and other examples would
 * have given; from few seeds it is too narrow, as n drawn from n vary by (n − 1)/n of what n others would.
 *
 * @throws SimvlmError `too-few-examples`, `too-few-seeds` for none, `not-paired`, `bad-resampling`
 */
export function hierarchicalBootstrap<Name extends string>(
  results: SeedResults<Name>,
  options: ResamplingOptions = {},
): Record<Name, Interval> {
  const checked = checkResampling(options);
  const first = requireSeeds(results);
  const means = resampleMeans(results, checked);
  const observed = observedMeans(results);
  return nameEach(first.names, (_, i) => summarize(observed[i]!, means[i]!, checked.confidence));
}

/**
 * {@link hierarchicalBootstrap} of the difference of two trainings, the first's mean score minus the second's, of the same
 * seeds in the same order: what is drawn are pairs with one seed, which have order, crops and cuts in common, and the
 * same examples for all. The p-value is that of the interval, as in `pairedBootstrap`.
 *
 * @throws SimvlmError `not-paired` where the results are not of one metric on one set of examples, or of as many seeds;
 *   and as {@link hierarchicalBootstrap}
 */
export function pairedHierarchicalBootstrap<Name extends string>(
  first: SeedResults<Name>,
  second: SeedResults<Name>,
  options: ResamplingOptions = {},
): Record<Name, BootstrapDifference> {
  const checked = checkResampling(options);
  const { names } = requireSeeds([...first, ...second]);
  if (first.length !== second.length) {
    throw new SimvlmError(
      "not-paired",
      `${first.length} seeds against ${second.length}: a paired test needs the same seeds of both trainings`,
    );
  }
  const [means, others] = [first, second].map((results) => resampleMeans(results, checked));
  const [observed, beside] = [observedMeans(first), observedMeans(second)];
  return nameEach(names, (_, i) => {
    const difference = observed[i]! - beside[i]!;
    const differences = means![i]!.map((mean, k) => mean - others![i]![k]!);
    const { low, high, standardError } = summarize(difference, differences, checked.confidence);
    return { difference, low, high, standardError, pValue: invertInterval(differences) };
  });
}

/** Of each score, on every resampled set: the mean over as many trainings as there are, drawn with replacement. */
function resampleMeans(results: SeedResults, options: Required<ResamplingOptions>): Float64Array[] {
  const drawn = resampleScores(results, options);
  const random = new RandomBlocks(options.seed ^ SEEDS_STREAM);
  const means = results[0]!.names.map(() => new Float64Array(options.resamples));
  const chosen = new Int32Array(results.length);
  for (let k = 0; k < options.resamples; k++) {
    random.fillWhole(chosen, results.length);
    for (const [i, mean] of means.entries()) {
      let sum = 0;
      for (const training of chosen) sum += drawn[training]![i]![k]!;
      mean[k] = sum / results.length;
    }
  }
  return means;
}

/** From the statistics: the scores themselves may be rounded, as VQA's are. */
function observedMeans(results: SeedResults): number[] {
  const scores = results.map((result) => result.scoresFromSums(sumStatistics(result.statistics)));
  return results[0]!.names.map((_, i) => scores.reduce((sum, own) => sum + own[i]!, 0) / results.length);
}

function requireSeeds<Name extends string>(results: SeedResults<Name>): MetricResult<Name> {
  const [first, ...others] = results;
  if (!first) throw new SimvlmError("too-few-seeds", "there are no results to resample");
  for (const other of others) requirePair([first, other]);
  return first;
}
