import type { FactRow, RunComparison, ScoreRow } from "../../compare/comparison.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { leastCorrected, type PValue, pValuesOf } from "../../tasks/uncertainty.js";
import { formatCount, formatPercent, leastProbability } from "../../terminal/numbers.js";
import { ARRANGEMENT, type Arrangement, arrangeScores } from "../arrangement.js";
import { explainScore, READING } from "../glossary.js";
import { stackViews } from "../stack.js";
import type { View } from "../view.js";
import type { Row } from "./columns.js";
import type { Column } from "./table-data.js";
import { tableView } from "./table-view.js";

const DECIMALS = 4;
/** Of scores of 10 and more. */
const FEWER_DECIMALS = 2;

/**
 * Every score of every run with its interval, for all examples and for each part of them, and the paired differences
 * from the first run.
 */
export async function scoresView(comparison: RunComparison, arrangement = ARRANGEMENT): Promise<View> {
  const { scores, differences, facts, resampling, signatures } = comparison;
  const { confidence, resamples, seed } = resampling;
  const interval = `${formatPercent(confidence)} bootstrap intervals, ${formatCount(resamples)} resamples, seed ${seed}.`;
  const note = [interval, ...Object.values(signatures)].join("\n");
  const views = [
    scores.length > 0 &&
      tableView(rowsOfScores(scores), { title: "Scores", note, columns: scoreColumns(comparison, arrangement) }),
    differences.length > 0 && differencesView(comparison, arrangement),
    facts && factsView(facts.scores, arrangement),
  ];
  return stackViews(await Promise.all(views.filter((view) => view !== false && view !== undefined)));
}

function scoreColumns({ scores: rows, task, signatures }: RunComparison, arrangement: Arrangement): Column[] {
  const names = arrangeScores(unique(rows.map(({ score }) => score)), task, arrangement);
  const metrics = arrangement.isExplained ? Object.keys(signatures) : [];
  const scores = names.map((key): Column => {
    const decimals = decimalsOf(rows.filter(({ score }) => score === key));
    return { key, kind: "interval", decimals, hint: explainScore(key, metrics) };
  });
  return arrangement.isMainFirst ? [GROUP, RUN, ...scores, EXAMPLES] : [GROUP, EXAMPLES, RUN, ...scores];
}

const GROUP = { key: "group", kind: "category" } as const;
const RUN = { key: "run", kind: "category" } as const;
const EXAMPLES = { key: "examples", kind: "number" } as const;
const SCORE = { key: "score", kind: "category" } as const;

function decimalsOf(rows: readonly { readonly value: number }[]): number {
  return rows.some(({ value }) => Math.abs(value) >= 10) ? FEWER_DECIMALS : DECIMALS;
}

/** A row a run and part of the examples. */
function rowsOfScores(scores: readonly ScoreRow[]): Row[] {
  return listSubsets(scores).flatMap((subset) =>
    unique(scores.map(({ run }) => run)).map((run): Row => {
      const own = scores.filter((row) => row.subset === subset && row.run === run);
      const cells = own.map(({ score, value, low, high }) => [score, { value, low, high }]);
      return { group: subset, examples: own[0]?.examples, run, ...Object.fromEntries(cells) };
    }),
  );
}

const PROBABILITIES: readonly (readonly [PValue, string])[] = [
  ["pBootstrap", "p (bootstrap)"],
  ["pPermutation", "p (permutation)"],
  ["pMcNemar", "p (McNemar)"],
];

function differencesView(comparison: RunComparison, arrangement: Arrangement): Promise<View> {
  const { differences, runs, resampling, task, bootstrapTest } = comparison;
  // versions up to 0.2.0 wrote the smallest as numbers
  const least = bootstrapTest && { least: leastProbability(resampling) };
  const first = runs[0]!.label;
  const rows = differences.map((row): Row => {
    const { run, subset, examples, score, value, againstValue, difference, low, high } = row;
    const pValues = pValuesOf(row);
    const tests = PROBABILITIES.flatMap(([test, name]) => [
      [name, pValues[test]] as const,
      [holmOf(name), row.holm?.[test]] as const,
    ]);
    return {
      ...{ run, group: subset, examples, score, value, againstValue },
      difference: { value: difference, low, high },
      ...Object.fromEntries(tests),
    };
  });
  const names = arrangeScores(unique(differences.map(({ score }) => score)), task, arrangement);
  const subsets = listSubsets(differences);
  const byScore = (a: Row, b: Row) =>
    comparePlaces(names, a.score, b.score) || comparePlaces(subsets, a.group, b.group);
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
    title: `Differences from ${first}`,
    note: `Paired on the same examples: ${formatPercent(resampling.confidence)} bootstrap intervals of the difference; p-values of no difference.`,
    columns: arrangement.isMainFirst
      ? [SCORE, GROUP, RUN, difference, ...tests, ...values, EXAMPLES]
      : [RUN, GROUP, EXAMPLES, SCORE, ...values, difference, ...tests],
  });
}

/** `p (bootstrap, Holm)` */
function holmOf(name: string): string {
  return name.replace(/\)$/, ", Holm)");
}

function comparePlaces(order: readonly unknown[], a: unknown, b: unknown): number {
  return order.indexOf(a) - order.indexOf(b);
}

function factsView(facts: readonly FactRow[], { isMainFirst }: Arrangement): Promise<View> {
  const rows = facts.map(({ fact, run, subset, score, value, low, high }): Row => {
    return { fact, run, group: subset, score, value: { value, low, high } };
  });
  const orders = { fact: unique(facts.map(({ fact }) => fact)), run: unique(facts.map(({ run }) => run)) };
  const subsets = listSubsets(facts);
  const allLast = (a: Row, b: Row) =>
    comparePlaces(orders.fact, a.fact, b.fact) ||
    comparePlaces(orders.run, a.run, b.run) ||
    comparePlaces(subsets, a.group, b.group);
  return tableView(isMainFirst ? rows.toSorted(allLast) : rows, {
    title: "Facts",
    note: "Facts are read back from the captions. Precision: how much of what is said is right. Recall: how much of what is there is said rightly. An exact caption names all kinds of things and says nothing wrong.",
    columns: [
      ...["fact", "run", "group", "score"].map((key): Column => ({ key, kind: "category" })),
      { key: "value", kind: "interval", decimals: DECIMALS },
    ],
  });
}
