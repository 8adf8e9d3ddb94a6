import { FACT_SCORES, type FactRow, type RunComparison } from "../compare/comparison.js";
import { listSubsets, unique } from "../compare/subsets.js";
import { createDifferenceTable, differenceCells } from "./difference-tables.js";
import { formatScore } from "./numbers.js";
import { line } from "./printable.js";
import { stackRuns } from "./run-scores.js";
import { createTable } from "./tables.js";

/** What sums a type of facts up. */
const SUMMARY: readonly string[] = ["F1", "exact"];

const EXPLANATION =
  "Facts are read back from the captions with Toybox's vocabulary. Precision: how much of what is said is right. Recall: how much of what is there is said rightly. An exact caption names all kinds of things and says nothing wrong.";

/** On Toybox data: all scores on all examples, F1 by domain, and the differences of F1. */
export function formatFacts(comparison: RunComparison): string[] {
  const { facts } = comparison;
  if (!facts) return [];
  return [
    `${EXPLANATION}\n${formatOverall(facts.scores)}`,
    ...formatByDomain(facts.scores),
    ...formatFactDifferences(comparison),
  ];
}

function formatOverall(rows: readonly FactRow[]): string {
  const names = [...FACT_SCORES, "exact"];
  const overall = rows.filter(({ subset }) => subset === "all");
  const labels = unique(overall.map(({ run }) => run));
  const table = createTable(["", "run", ...names], { textColumns: 2 });
  for (const fact of unique(overall.map(({ fact }) => fact))) {
    const own = overall.filter((row) => row.fact === fact);
    table.push([fact, ...stackRuns(labels, names, own)]);
  }
  return table.toString();
}

function formatByDomain(rows: readonly FactRow[]): string[] {
  const subsets = listSubsets(rows);
  if (subsets.length === 1) return [];
  const table = createTable(["F1, exact share", "run", ...subsets], { textColumns: 2, rules: false });
  const summary = rows.filter(({ score }) => SUMMARY.includes(score));
  for (const fact of unique(summary.map(({ fact }) => fact))) {
    for (const [i, run] of unique(summary.map(({ run }) => run)).entries()) {
      const own = summary.filter((row) => row.fact === fact && row.run === run);
      const cells = subsets.map((subset) => formatScore(own.find((row) => row.subset === subset)!.value));
      table.push([i === 0 ? fact : "", line(run), ...cells]);
    }
  }
  return [table.toString()];
}

function formatFactDifferences({ facts, runs, resampling }: RunComparison): string[] {
  return runs.slice(1).map(({ label }) => {
    const own = facts!.differences.filter(
      ({ run, subset, score }) => run === label && subset === "all" && SUMMARY.includes(score),
    );
    const table = createDifferenceTable(["", "score"], own, resampling.confidence);
    for (const row of own) table.push([row.fact, row.score, ...differenceCells(row, own)]);
    return `Facts: ${line(label)} minus ${line(runs[0]!.label)}\n${table}`;
  });
}
