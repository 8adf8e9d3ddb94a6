import type { FactRow, RunComparison, ScoreRow } from "../../compare/comparison.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { formatCount, formatPercent } from "../../terminal/numbers.js";
import { ARRANGEMENT, type Arrangement } from "../arrangement.js";
import { stackViews } from "../stack.js";
import type { View } from "../view.js";
import type { Row } from "./columns.js";
import { comparePlaces, differencesView } from "./differences.js";
import { columnsOfScores, DECIMALS, EXAMPLES, GROUP, RUN } from "./score-columns.js";
import type { Column } from "./table-data.js";
import { tableView } from "./table-view.js";

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

function scoreColumns(comparison: RunComparison, arrangement: Arrangement): Column[] {
  const scores = columnsOfScores(comparison, comparison.scores, arrangement);
  return arrangement.isMainFirst ? [GROUP, RUN, ...scores, EXAMPLES] : [GROUP, EXAMPLES, RUN, ...scores];
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
