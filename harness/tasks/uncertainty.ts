import {
  type BootstrapDifference,
  bootstrapAll,
  type Interval,
  type McNemarTest,
  type MetricResult,
  mcNemar,
  type PairedDifference,
  pairedBootstrapAll,
  pairedPermutationAll,
  type ResamplingOptions,
  SimvlmError,
} from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import type { Scored } from "./score-predictions.js";

/** One score of two systems on the same examples. */
export interface Comparison {
  readonly score: number;
  readonly against: number;
  /** The first minus the second, with its bootstrap interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly pBootstrap: number;
  readonly pPermutation: number;
  /** Only for scores that are right or wrong an example. */
  readonly mcNemar?: McNemarTest;
}

/** Confidence intervals of every score of the metrics, by the score's name. */
export function computeIntervals(
  results: readonly MetricResult[],
  options: ResamplingOptions,
  onMetric: () => void,
): Record<string, Interval> {
  const intervals = bootstrapAll(results, options);
  for (const _ of results) onMetric();
  return Object.assign({}, ...intervals);
}

/** Results, and of which examples. */
export type ScoredExamples = Pick<Scored, "ids" | "results">;

/**
 * Paired comparison of every score of two systems.
 *
 * @throws SimvlmError `not-paired` where the two were not scored on the same examples
 */
export function compareScored(
  first: ScoredExamples,
  second: ScoredExamples,
  options: ResamplingOptions,
  onMetric: () => void,
): Record<string, Comparison> {
  checkSameExamples(first, second);
  const pairs = first.results.map((result, i) => [result, second.results[i]!] as const);
  const bootstrapped = pairedBootstrapAll(pairs, options);
  const permuted = pairedPermutationAll(pairs, options);
  for (const _ of pairs) onMetric();
  return Object.assign({}, ...pairs.map((pair, i) => comparePair(pair, bootstrapped[i]!, permuted[i]!)));
}

function comparePair(
  [result, other]: readonly [MetricResult, MetricResult],
  bootstrapped: Readonly<Record<string, BootstrapDifference>>,
  permuted: Readonly<Record<string, PairedDifference>>,
): Record<string, Comparison> {
  return Object.fromEntries(
    result.names.map((name): [string, Comparison] => {
      const { difference, low, high, pValue } = bootstrapped[name]!;
      return [
        name,
        {
          score: result.scores[name]!,
          against: other.scores[name]!,
          difference,
          low,
          high,
          pBootstrap: pValue,
          pPermutation: permuted[name]!.pValue,
          ...(name === "accuracy" && testAccuracies(result.perExample[name]!, other.perExample[name]!)),
        },
      ];
    }),
  );
}

/** McNemar's test, of examples that are right or wrong; NLVR2's consistency is one of sentences. */
function testAccuracies(scores: Float64Array, others: Float64Array): Pick<Comparison, "mcNemar"> {
  const isBinary = [scores, others].every((values) => values.every((score) => score === 0 || score === 1));
  return isBinary ? { mcNemar: mcNemar(scores, others) } : {};
}

function checkSameExamples(first: ScoredExamples, second: ScoredExamples): void {
  const [firstIds, secondIds] = [new Set(first.ids), new Set(second.ids)];
  const onlyOne = [...first.ids.filter((id) => !secondIds.has(id)), ...second.ids.filter((id) => !firstIds.has(id))];
  if (onlyOne.length === 0) return;
  throw new SimvlmError(
    "not-paired",
    `only one of the two systems has a prediction for ${listIds(onlyOne)}: a paired comparison needs the same examples from both`,
  );
}
