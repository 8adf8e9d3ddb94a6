import type { RunComparison } from "../compare/comparison.js";
import { findTask } from "../tasks/task-registry.js";
import { formatDifferences } from "./difference-tables.js";
import { formatExamples } from "./example-list.js";
import { formatFacts } from "./fact-tables.js";
import { formatCount } from "./numbers.js";
import { formatPaper } from "./paper-tables.js";
import { line, printable } from "./printable.js";
import { formatChanges, formatScores } from "./run-scores.js";
import { createTable } from "./tables.js";

/** A comparison as tables for a person to read in a terminal; whatever the runs say is made harmless. */
export function formatComparison(comparison: RunComparison): string {
  return [
    formatRuns(comparison),
    ...formatScores(comparison),
    ...formatDifferences(comparison),
    ...formatChanges(comparison),
    ...formatFacts(comparison),
    ...formatExamples(comparison),
    ...formatPaper(comparison),
    formatNotes(comparison),
  ].join("\n\n");
}

function formatRuns({ task, data, runs }: RunComparison): string {
  const table = createTable(["run", "folder"], { rules: false, textColumns: 2 });
  for (const [i, { label, folder }] of runs.entries()) {
    table.push([`${line(label)}${i === 0 ? " (the others are compared with it)" : ""}`, line(folder)]);
  }
  const where = `${line(data.folder)}, split ${line(data.split)}`;
  return `${task}: ${formatCount(data.examples)} examples of ${where}\n${table}`;
}

function formatNotes({ task, signatures, resampling, notes }: RunComparison): string {
  const { resamples, confidence, seed } = resampling;
  const { scoreNote } = findTask(task);
  const lines = [
    ...Object.values(signatures),
    `[low, high]: ${100 * confidence} % bootstrap intervals; ${formatCount(resamples)} resamples, seed ${seed}`,
    ...(scoreNote === undefined ? [] : [scoreNote]),
    ...notes,
  ];
  return printable(lines.join("\n"));
}
