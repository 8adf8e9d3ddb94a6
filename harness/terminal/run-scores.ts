import type { RunComparison, ScoreRow } from "../compare/comparison.js";
import { listSubsets, unique } from "../compare/subsets.js";
import { formatCount, formatScore } from "./numbers.js";
import { line } from "./printable.js";
import { createTable } from "./tables.js";

/** A row for each domain or answer type and one for all, with a line and its interval a run. */
export function formatScores({ scores, runs }: RunComparison): string[] {
  if (scores.length === 0) return [];
  const names = unique(scores.map(({ score }) => score));
  const labels = runs.map(({ label }) => label);
  const table = createTable(["", "examples", "run", ...names], { textColumns: 3 });
  for (const subset of listSubsets(scores)) {
    const own = scores.filter((row) => row.subset === subset);
    table.push([line(subset), formatCount(own[0]!.examples), ...stackRuns(labels, names, own)]);
  }
  return [table.toString()];
}

/** A cell of the runs' labels and one a score, each with two lines a run. */
export function stackRuns(labels: readonly string[], names: readonly string[], rows: readonly ScoreRow[]): string[] {
  const cells = names.map((name) =>
    labels
      .map((label) => rows.find(({ run, score }) => run === label && score === name))
      .map((row) => (row ? formatScore(row.value, row) : ""))
      .join("\n"),
  );
  return [labels.map(line).join("\n\n"), ...cells];
}

/** How many texts are not those of the first run. */
export function formatChanges({ changes }: RunComparison): string[] {
  if (!changes) return [];
  const table = createTable(["completions of", "compared with", "differ", "of", "share"], { textColumns: 2 });
  for (const { run, against, differing, examples, share, ...interval } of changes) {
    table.push([line(run), line(against), formatCount(differing), formatCount(examples), formatScore(share, interval)]);
  }
  return [table.toString()];
}
