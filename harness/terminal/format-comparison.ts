import type { RunComparison } from "../compare/comparison.js";
import { findTask } from "../tasks/task-registry.js";
import { formatDifferences } from "./difference-tables.js";
import { drawBlocks } from "./draw-table.js";
import { formatExamples } from "./example-list.js";
import { formatFacts } from "./fact-tables.js";
import { formatCount, formatPercent } from "./numbers.js";
import { formatPaper } from "./paper-tables.js";
import { line, printable } from "./printable.js";
import { formatChanges, formatScores } from "./run-scores.js";
import { formatSlices } from "./slice-tables.js";
import type { Block, Table } from "./tables.js";
import { usageTable } from "./usage.js";

/**
 * A comparison as tables for a person to read in a terminal; whatever the runs say is made harmless.
 * @param width places in a line; default as many as it takes
 */
export function formatComparison(comparison: RunComparison, width?: number): string {
  return drawBlocks(comparisonBlocks(comparison), width);
}

/** A comparison as tables and paragraphs. */
export function comparisonBlocks(comparison: RunComparison): Block[] {
  return [
    formatRuns(comparison),
    ...formatUsage(comparison),
    ...formatScores(comparison),
    ...formatDifferences(comparison),
    ...formatSlices(comparison),
    ...formatChanges(comparison),
    ...formatFacts(comparison),
    ...formatExamples(comparison),
    ...formatPaper(comparison),
    formatNotes(comparison),
  ];
}

/** What a summary says of a comparison: the runs, their scores and differences, without single examples and the paper. */
export function summaryBlocks(comparison: RunComparison): Block[] {
  return [
    formatRuns(comparison),
    ...formatScores(comparison),
    ...formatDifferences(comparison),
    ...formatSlices(comparison),
    ...formatChanges(comparison),
    formatNotes(comparison),
  ];
}

function formatRuns({ task, data, runs }: RunComparison): Table {
  const where = `${line(data.folder)}, split ${line(data.split)}`;
  return {
    title: `${task}: ${formatCount(data.examples)} examples of ${where}`,
    head: ["run", "folder"],
    rows: runs.map(({ label, folder }, i) => [
      `${line(label)}${i === 0 ? " (the others are compared with it)" : ""}`,
      line(folder),
    ]),
    textColumns: 2,
    rules: "none",
  };
}

function formatUsage({ runs }: RunComparison): Table[] {
  const table = usageTable(runs);
  return table ? [table] : [];
}

function formatNotes({ task, signatures, resampling, warnings = [], notes }: RunComparison): string {
  const { resamples, confidence, seed } = resampling;
  const { scoreNote } = findTask(task);
  const lines = [
    ...Object.values(signatures),
    `[low, high]: ${formatPercent(confidence)} bootstrap intervals; ${formatCount(resamples)} resamples, seed ${seed}`,
    ...(scoreNote === undefined ? [] : [scoreNote]),
    ...warnings,
    ...notes,
  ];
  return printable(lines.join("\n"));
}
