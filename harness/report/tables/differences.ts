import type { DifferenceRow, RunComparison, SlicedDifferenceRow } from "../../compare/comparison.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { leastCorrected, type PValue, pValuesOf } from "../../tasks/uncertainty.js";
import { formatPercent, leastProbability } from "../../terminal/numbers.js";
import { type Arrangement, arrangeScores } from "../arrangement.js";
import { READING } from "../glossary.js";
import type { View } from "../view.js";
import type { Row } from "./columns.js";
import { DECIMALS, EXAMPLES, GROUP, RUN, SCORE, SLICE, SLICING } from "./score-columns.js";
import type { Column } from "./table-data.js";
import { tableView } from "./table-view.js";
import { DIFFERENCES, DIFFERENCES_ON_SLICES } from "./titles.js";

const PROBABILITIES: readonly (readonly [PValue, string])[] = [
  ["pBootstrap", "p (bootstrap)"],
  ["pPermutation", "p (permutation)"],
  ["pMcNemar", "p (McNemar)"],
];

/** A difference on a group of the examples, or on a slice of a slicing. */
type PartDifference = DifferenceRow & Partial<Pick<SlicedDifferenceRow, "slicing">>;

/** Paired differences from the first run: by group and on the whole, or by slice. */
export function differencesView(
  comparison: RunComparison,
  arrangement: Arrangement,
  differences: readonly PartDifference[] = comparison.differences,
): Promise<View> {
  const { runs, resampling, task, bootstrapTest } = comparison;
  // versions up to 0.2.0 wrote the smallest as numbers
  const least = bootstrapTest && { least: leastProbability(resampling) };
  const first = runs[0]!.label;
  const rows = differences.map((row): Row => {
    const { run, slicing, subset, examples, score, value, againstValue, difference, low, high } = row;
    const pValues = pValuesOf(row);
    const tests = PROBABILITIES.flatMap(([test, name]) => [
      [name, pValues[test]] as const,
      [holmOf(name), row.holm?.[test]] as const,
    ]);
    return {
      ...(slicing !== undefined && { slicing }),
      ...{ run, group: subset, examples, score, value, againstValue },
      difference: { value: difference, low, high },
      ...Object.fromEntries(tests),
    };
  });
  const names = arrangeScores(unique(differences.map(({ score }) => score)), task, arrangement);
  const isSliced = differences.some(({ slicing }) => slicing !== undefined);
  const nameOf = ({ slicing, group }: Row) => (isSliced ? JSON.stringify([slicing, group]) : group);
  const parts = isSliced ? unique(rows.map(nameOf)) : listSubsets(differences);
  const byScore = (a: Row, b: Row) =>
    comparePlaces(names, a.score, b.score) || comparePlaces(parts, nameOf(a), nameOf(b));
  const hint = arrangement.isExplained ? READING.probability : "";
  const isUsed = ({ key }: Column) => rows.some((row) => row[key] !== undefined);
  const tests = PROBABILITIES.flatMap(([test, key]): Column[] => {
    const own = test !== "pMcNemar" && least;
    const corrected = own && { least: leastCorrected(differences, test, own.least) };
    return [
      { key, kind: "probability", decimals: DECIMALS, ...own, hint },
      { key: holmOf(key), kind: "probability", decimals: DECIMALS, ...corrected, hint },
    ];
  }).filter(isUsed);
  const values: Column[] = [
    { key: "value", title: "run", kind: "number", decimals: DECIMALS },
    { key: "againstValue", title: first, kind: "number", decimals: DECIMALS },
  ];
  const difference: Column = {
    ...{ key: "difference", kind: "interval", decimals: DECIMALS, signed: true },
    hint: arrangement.isExplained ? READING.interval : "",
  };
  return tableView(arrangement.isMainFirst ? rows.toSorted(byScore) : rows, {
    title: `${isSliced ? DIFFERENCES_ON_SLICES : DIFFERENCES} ${first}`,
    note: `Paired on the same examples: ${formatPercent(resampling.confidence)} bootstrap intervals of the difference; p-values of no difference.`,
    columns: arrangement.isMainFirst
      ? [SCORE, ...(isSliced ? [SLICING, SLICE] : [GROUP]), RUN, difference, ...tests, ...values, EXAMPLES]
      : [RUN, GROUP, EXAMPLES, SCORE, ...values, difference, ...tests],
  });
}

/** `p (bootstrap, Holm)` */
function holmOf(name: string): string {
  return name.replace(/\)$/, ", Holm)");
}

/** Whether one stands before another in an order. */
export function comparePlaces(order: readonly unknown[], a: unknown, b: unknown): number {
  return order.indexOf(a) - order.indexOf(b);
}
