import type { RunComparison } from "../compare/comparison.js";
import { listSubsets, unique } from "../compare/subsets.js";
import { orderScores } from "../tasks/main-first.js";
import { type Comparison, leastCorrected, type PValue, pValuesOf } from "../tasks/uncertainty.js";
import { formatPercent, formatProbability, formatScore, formatSigned, leastProbability } from "./numbers.js";
import { line } from "./printable.js";
import type { Table } from "./tables.js";

/** One table per run, with one row per score for each part of the examples and for all of them. */
export function formatDifferences({ runs, differences, resampling, task }: RunComparison): Table[] {
  if (differences.length === 0) return [];
  const names = orderScores(unique(differences.map(({ score }) => score)), task);
  return runs.slice(1).flatMap(({ label }): Table[] => {
    const own = differences
      .filter((row) => row.run === label)
      .sort((a, b) => names.indexOf(a.score) - names.indexOf(b.score));
    if (own.length === 0) return [];
    const rows = listSubsets(own).flatMap((subset) =>
      own
        .filter((row) => row.subset === subset)
        .map((row, i) => ({ row, of: [i === 0 ? line(subset) : "", row.score] })),
    );
    const title = `${line(label)} minus ${line(runs[0]!.label)}`;
    return [differenceTable(rows, { title, head: ["", "score"], names: ["run", "first run"], resampling })];
  });
}

/** What a table of differences calls things. */
export interface DifferenceTableOptions {
  readonly title: string;
  /** Of what a row is. */
  readonly head: readonly string[];
  /** The system, and what it is compared with. */
  readonly names: readonly [string, string];
  readonly resampling: { readonly resamples: number; readonly confidence: number };
}

const TESTS: readonly (readonly [PValue, string])[] = [
  ["pBootstrap", "bootstrap"],
  ["pPermutation", "permutation"],
  ["pMcNemar", "McNemar"],
];

/** Differences with their intervals and p-values, those that are corrected beside their own. */
export function differenceTable(
  rows: readonly { readonly row: Comparison; readonly of: readonly string[] }[],
  { title, head, names, resampling }: DifferenceTableOptions,
): Table {
  const tests = TESTS.filter(([test]) => rows.some(({ row }) => pValuesOf(row)[test] !== undefined));
  const isCorrected = rows.some(({ row }) => row.holm);
  const least = leastProbability(resampling);
  const limits = tests.map(([test]) => {
    const own = test === "pMcNemar" ? 0 : least;
    const compared = rows.map(({ row }) => row);
    return { test, own, corrected: leastCorrected(compared, test, own) };
  });
  const show = (p: number | undefined, limit: number) => (p === undefined ? "" : formatProbability(p, limit));
  const pCells = (row: Comparison) =>
    limits.flatMap(({ test, own, corrected }) => [
      show(pValuesOf(row)[test], own),
      ...(isCorrected ? [show(row.holm?.[test], corrected)] : []),
    ]);
  return {
    title,
    head: [
      ...head,
      ...names,
      "difference",
      `${formatPercent(resampling.confidence)} interval`,
      ...tests.flatMap(([, name]) => [`p (${name})`, ...(isCorrected ? [`p (${name}, Holm)`] : [])]),
    ],
    textColumns: head.length,
    rules: "none",
    rows: rows.map(({ row, of }) => [
      ...of,
      formatScore(row.value),
      formatScore(row.againstValue),
      formatSigned(row.difference),
      `[${formatSigned(row.low)}, ${formatSigned(row.high)}]`,
      ...pCells(row),
    ]),
  };
}
