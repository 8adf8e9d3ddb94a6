import {
  type BootstrapDifference,
  type BootstrapTest,
  bootstrapAll,
  holm,
  type Interval,
  type McNemarTest,
  type MetricResult,
  mcNemar,
  type Pair,
  type PairedBootstrapOptions,
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
  readonly value: number;
  readonly againstValue: number;
  /** The first minus the second, with its bootstrap interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Below 0.05 exactly when the 95 % interval leaves out 0. */
  readonly pBootstrap: number;
  readonly pPermutation: number;
  /** Only for scores that are right or wrong an example. */
  readonly mcNemar?: McNemarTest;
  /** The p-values by Holm's method, where they are corrected for their number. */
  readonly holm?: Readonly<Partial<Record<PValue, number>>>;
}

/** Of fewer examples nothing is certain: that all agree by chance happens more often than once in twenty (2 / 2⁵). */
export const FEWEST_EXAMPLES = 6;

/** Where a difference is commonly said to be more than chance. */
const SIGNIFICANT = 0.05;

/** The tests of a difference. */
export type PValue = "pBootstrap" | "pPermutation" | "pMcNemar";

/** The p-values of a difference by test; McNemar's where there is one. */
export function pValuesOf(row: Comparison): Partial<Record<PValue, number>> {
  const { pBootstrap, pPermutation, mcNemar: test } = row;
  return { pBootstrap, pPermutation, ...(test && { pMcNemar: test.pValue }) };
}

/** The differences with p-values adjusted by Holm's method; all p-values of one kind of test are one family. */
export function correctHolm<Row extends Comparison>(rows: readonly Row[]): Row[] {
  const corrected = rows.map((): Partial<Record<PValue, number>> => ({}));
  for (const test of ["pBootstrap", "pPermutation", "pMcNemar"] as const) {
    const tested = [...rows.keys()].filter((i) => pValuesOf(rows[i]!)[test] !== undefined);
    const adjusted = holm(tested.map((i) => pValuesOf(rows[i]!)[test]!));
    for (const [k, i] of tested.entries()) corrected[i]![test] = adjusted[k]!;
  }
  return rows.map((row, i) => ({ ...row, holm: corrected[i]! }));
}

/**
 * The largest corrected p-value that says no more than that it is less, because resamples can tell no smaller one; 0
 * where there is none.
 * @param least the smallest that resamples can tell
 */
export function leastCorrected(rows: readonly Comparison[], test: PValue, least: number): number {
  const bounds = rows.filter((row) => (pValuesOf(row)[test] ?? 1) <= least).map(({ holm = {} }) => holm[test] ?? 1);
  return Math.max(0, ...bounds.filter((p) => p < 1));
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
 * Paired comparison of every score of two systems that both have with one signature: others are no difference of the
 * systems.
 *
 * @throws SimvlmError `not-paired` where the two were not scored on the same examples
 */
export function compareScored(
  first: ScoredExamples,
  second: ScoredExamples,
  options: PairedBootstrapOptions,
  onMetric: () => void,
): Record<string, Comparison> {
  checkSameExamples(first, second);
  const pairs = pairResults(first, second);
  const bootstrapped = pairedBootstrapAll(pairs, options);
  const permuted = pairedPermutationAll(pairs, options);
  for (const _ of first.results) onMetric();
  return Object.assign({}, ...pairs.map((pair, i) => comparePair(pair, bootstrapped[i]!, permuted[i]!)));
}

/** The results of each metric that both have with one signature. */
export function pairResults(first: Pick<Scored, "results">, second: Pick<Scored, "results">): Pair[] {
  return first.results
    .map((result, i): Pair => [result, second.results[i]!])
    .filter(([one, two]) => one.signature === two.signature);
}

/** That the bootstrap cannot be believed of so few examples, which it draws again and again; nothing of more. */
export function warnOfFew(examples: number): string[] {
  if (examples >= FEWEST_EXAMPLES) return [];
  const count = examples === 1 ? "Only 1 example is" : `Only ${examples} examples are`;
  return [
    `${count} compared: the bootstrap's intervals and p-values of so few say nothing, and no other test can fall below ${SIGNIFICANT} (${FEWEST_EXAMPLES} examples could).`,
  ];
}

/** What one must know of the p-values of some differences, a sentence each. */
export function noteTests(
  rows: readonly Comparison[],
  { resamples, confidence }: Required<ResamplingOptions>,
  correction: "holm" | undefined,
  bootstrapTest: BootstrapTest = "percentile",
): string[] {
  const isTooFew = bootstrapTest === "percentile" && rows.length > 0 && 1 / (resamples + 1) >= 1 - confidence;
  const few = isTooFew
    ? [`${resamples} resamples are too few for intervals of ${confidence} and their p-values: take more.`]
    : [];
  if (!correction) {
    return [
      ...few,
      "Each p-value belongs to one test by itself: among many tests, one in twenty falls below 0.05 by chance.",
    ];
  }
  return [
    ...few,
    `Holm's correction: the p-values of one kind of test on all ${rows.length} differences are one family (those of facts another).`,
    ...noteFewResamples(rows.length, resamples, "no corrected p-value"),
  ];
}

/**
 * That so many resamples cannot tell that a corrected p-value is small; nothing where they can.
 * @param tests in the family
 * @param what cannot be small
 */
export function noteFewResamples(tests: number, resamples: number, what: string): string[] {
  const least = tests / (resamples + 1);
  if (least < SIGNIFICANT) return [];
  return [`With ${resamples} resamples ${what} can be below ${Math.min(1, least).toFixed(3)}: take more.`];
}

function comparePair(
  [result, other]: Pair,
  bootstrapped: Readonly<Record<string, BootstrapDifference>>,
  permuted: Readonly<Record<string, PairedDifference>>,
): Record<string, Comparison> {
  return Object.fromEntries(
    result.names.map((name): [string, Comparison] => {
      const { difference, low, high, pValue } = bootstrapped[name]!;
      return [
        name,
        {
          value: result.scores[name]!,
          againstValue: other.scores[name]!,
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
