import type { RunComparison, ScoreRow } from "../compare/comparison.js";
import { listSubsets, unique } from "../compare/subsets.js";
import { orderScores } from "../tasks/main-first.js";
import { formatCount, formatScore } from "./numbers.js";
import { line } from "./printable.js";
import type { Table } from "./tables.js";

/** A row a run for each domain or answer type and for all, with each score and its interval. */
export function formatScores({ scores, runs, task }: RunComparison): Table[] {
  if (scores.length === 0) return [];
  const names = orderScores(unique(scores.map(({ score }) => score)), task);
  const labels = runs.map(({ label }) => label);
  const rows = listSubsets(scores).flatMap((subset) => {
    const own = scores.filter((row) => row.subset === subset);
    return rowsOfRuns(labels, names, own, [line(subset), formatCount(own[0]!.examples)]);
  });
  return [{ head: ["", "examples", "run", ...names], rows, textColumns: 3, rules: "groups" }];
}

/**
 * A row a run: its label, and its scores with their intervals.
 * @param of what the rows are of; only the first says it
 */
export function rowsOfRuns(
  labels: readonly string[],
  names: readonly string[],
  rows: readonly ScoreRow[],
  of: readonly string[],
): string[][] {
  return labels.map((label, i) => {
    const cells = names.map((name) => rows.find(({ run, score }) => run === label && score === name));
    return [
      ...(i === 0 ? of : of.map(() => "")),
      line(label),
      ...cells.map((row) => (row ? formatScore(row.value, row) : "")),
    ];
  });
}

/** How many texts are not those of the first run. */
export function formatChanges({ changes }: RunComparison): Table[] {
  if (!changes) return [];
  const rows = changes.map(({ run, against, differing, examples, share, ...interval }) => [
    line(run),
    line(against),
    formatCount(differing),
    formatCount(examples),
    formatScore(share, interval),
  ]);
  return [{ head: ["completions of", "compared with", "differ", "of", "share"], rows, textColumns: 2 }];
}
