import type Table from "cli-table3";
import type { DifferenceRow, RunComparison } from "../compare/comparison.js";
import { listSubsets } from "../compare/subsets.js";
import { formatProbability, formatScore, formatSigned } from "./numbers.js";
import { line } from "./printable.js";
import { createTable } from "./tables.js";

/** One table per run, with one row per score for each part of the examples and for all of them. */
export function formatDifferences({ runs, differences, resampling }: RunComparison): string[] {
  if (differences.length === 0) return [];
  return runs.slice(1).map(({ label }) => {
    const own = differences.filter((row) => row.run === label);
    const table = createDifferenceTable(["", "score"], own, resampling.confidence);
    for (const subset of listSubsets(own)) {
      for (const [i, row] of own.filter((row) => row.subset === subset).entries()) {
        table.push([i === 0 ? line(subset) : "", row.score, ...differenceCells(row, own)]);
      }
    }
    return `${line(label)} minus ${line(runs[0]!.label)}\n${table}`;
  });
}

/** An empty table for rows of differences. */
export function createDifferenceTable(
  head: readonly string[],
  rows: readonly DifferenceRow[],
  confidence: number,
): Table.Table {
  const tests = ["p (bootstrap)", "p (permutation)", ...(hasMcNemar(rows) ? ["p (McNemar)"] : [])];
  const numbers = ["run", "first run", "difference", `${100 * confidence} % interval`, ...tests];
  return createTable([...head, ...numbers], { rules: false, textColumns: head.length });
}

/** One row's cells after those of the head, in a table of such rows. */
export function differenceCells(row: DifferenceRow, rows: readonly DifferenceRow[]): string[] {
  const { value, againstValue, difference, low, high, pBootstrap, pPermutation, mcNemar } = row;
  return [
    ...[value, againstValue].map((score) => formatScore(score)),
    formatSigned(difference),
    `[${formatSigned(low)}, ${formatSigned(high)}]`,
    ...[pBootstrap, pPermutation].map(formatProbability),
    ...(hasMcNemar(rows) ? [mcNemar ? formatProbability(mcNemar.pValue) : ""] : []),
  ];
}

function hasMcNemar(rows: readonly DifferenceRow[]): boolean {
  return rows.some(({ mcNemar }) => mcNemar);
}
