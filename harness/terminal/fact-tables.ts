import { FACT_SCORES, type FactRow, type RunComparison } from "../compare/comparison.js";
import { listSubsets, unique } from "../compare/subsets.js";
import { differenceTable } from "./difference-tables.js";
import { formatScore } from "./numbers.js";
import { line } from "./printable.js";
import { rowsOfRuns } from "./run-scores.js";
import type { Table } from "./tables.js";

/** What sums a type of facts up. */
const SUMMARY: readonly string[] = ["F1", "exact"];

const EXPLANATION =
  "Facts are read back from the captions with Toybox's vocabulary. Precision: how much of what is said is right. Recall: how much of what is there is said rightly. An exact caption names all kinds of things and says nothing wrong.";

/** On Toybox data: all scores on all examples, F1 by domain, and the differences of F1. */
export function formatFacts(comparison: RunComparison): Table[] {
  const { facts } = comparison;
  if (!facts) return [];
  return [formatOverall(facts.scores), ...formatByDomain(facts.scores), ...formatFactDifferences(comparison)];
}

function formatOverall(all: readonly FactRow[]): Table {
  const names = [...FACT_SCORES, "exact"];
  const overall = all.filter(({ subset }) => subset === "all");
  const labels = unique(overall.map(({ run }) => run));
  const rows = unique(overall.map(({ fact }) => fact)).flatMap((fact) =>
    rowsOfRuns(
      labels,
      names,
      overall.filter((row) => row.fact === fact),
      [fact],
    ),
  );
  const head = ["", "run", ...names];
  return { title: "Facts", head, rows, textColumns: 2, rules: "groups", remarks: [EXPLANATION] };
}

function formatByDomain(all: readonly FactRow[]): Table[] {
  const subsets = listSubsets(all);
  if (subsets.length === 1) return [];
  const summary = all.filter(({ score }) => SUMMARY.includes(score));
  const rows = unique(summary.map(({ fact }) => fact)).flatMap((fact) =>
    unique(summary.map(({ run }) => run)).map((run, i) => {
      const own = summary.filter((row) => row.fact === fact && row.run === run);
      const cells = subsets.map((subset) => formatScore(own.find((row) => row.subset === subset)!.value));
      return [i === 0 ? fact : "", line(run), ...cells];
    }),
  );
  const head = ["F1, exact share", "run", ...subsets.map(line)];
  return [{ head, rows, textColumns: 2, rules: "none" }];
}

function formatFactDifferences({ facts, runs, resampling }: RunComparison): Table[] {
  return runs.slice(1).map(({ label }) => {
    const own = facts!.differences.filter(
      ({ run, subset, score }) => run === label && subset === "all" && SUMMARY.includes(score),
    );
    const title = `Facts: ${line(label)} minus ${line(runs[0]!.label)}`;
    const rows = own.map((row) => ({ row, of: [row.fact, row.score] }));
    return differenceTable(rows, { title, head: ["", "score"], names: ["run", "first run"], resampling });
  });
}
