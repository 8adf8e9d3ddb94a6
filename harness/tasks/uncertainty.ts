import {
  bootstrap,
  type Interval,
  type McNemarTest,
  type MetricResult,
  mcNemar,
  pairedBootstrap,
  pairedPermutation,
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
  return Object.assign(
    {},
    ...results.map((result) => {
      const intervals = bootstrap(result, options);
      onMetric();
      return intervals;
    }),
  );
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
  return Object.assign(
    {},
    ...first.results.map((result, i) => {
      const compared = compareResults(result, second.results[i]!, options);
      onMetric();
      return compared;
    }),
  );
}

function compareResults(
  result: MetricResult,
  other: MetricResult,
  options: ResamplingOptions,
): Record<string, Comparison> {
  const bootstrapped = pairedBootstrap(result, other, options);
  const permuted = pairedPermutation(result, other, options);
  return Object.fromEntries(
    result.names.map((name): [string, Comparison] => {
      const { difference, low, high, pValue } = bootstrapped[name]!;
      const [scores, others] = [result.perExample[name]!, other.perExample[name]!];
      // an accuracy of examples that are right or wrong; NLVR2's consistency is one of sentences
      const isBinary =
        name === "accuracy" && [scores, others].every((values) => values.every((score) => score === 0 || score === 1));
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
          ...(isBinary && { mcNemar: mcNemar(scores, others) }),
        },
      ];
    }),
  );
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
