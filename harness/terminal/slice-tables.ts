import type { ComparedSlices, RunComparison, SlicedBy } from "../compare/comparison.js";
import { unique } from "../compare/subsets.js";
import { orderScores } from "../tasks/main-first.js";
import { FEWEST_EXAMPLES } from "../tasks/uncertainty.js";
import { differenceTable } from "./difference-tables.js";
import { formatCount } from "./numbers.js";
import { line } from "./printable.js";
import { rowsOfRuns } from "./run-scores.js";
import type { Table } from "./tables.js";

/** Of each slicing its scores and, by the main score alone, the differences to the first run. */
export function formatSlices(comparison: RunComparison): Table[] {
  const { slices, runs, task } = comparison;
  if (!slices) return [];
  const names = orderScores(unique(slices.scores.map(({ score }) => score)), task);
  const labels = runs.map(({ label }) => label);
  return slices.by.flatMap((by) => [
    scoreTable(by, slices, labels, names),
    ...(runs.length > 1 ? differencesOf(by, slices, comparison, names[0]) : []),
  ]);
}

function scoreTable(
  by: SlicedBy,
  { scores }: ComparedSlices,
  labels: readonly string[],
  names: readonly string[],
): Table {
  const { slicing, about, slices, without } = by;
  const own = scores.filter((row) => row.slicing === slicing);
  return {
    title: `By ${line(slicing)}: ${line(about)}`,
    head: ["", "examples", "run", ...names],
    rows: slices.flatMap(({ name, examples }) =>
      rowsOfRuns(
        labels,
        names,
        own.filter(({ subset }) => subset === name),
        [line(name), countExamples(examples)],
      ),
    ),
    textColumns: 3,
    rules: "groups",
    ...(without > 0 && { remarks: [`In none of these slices: ${formatCount(without)} examples.`] }),
  };
}

function countExamples(examples: number): string {
  return examples < FEWEST_EXAMPLES ? `${examples}, too few` : formatCount(examples);
}

function differencesOf(
  { slicing, slices }: SlicedBy,
  { differences }: ComparedSlices,
  { runs, resampling }: RunComparison,
  score: string | undefined,
): Table[] {
  const rows = slices.flatMap(({ name }) =>
    differences
      .filter((row) => row.slicing === slicing && row.subset === name && row.score === score)
      .map((row, i) => ({ row, of: [i === 0 ? line(name) : "", line(row.run)] })),
  );
  if (rows.length === 0) return [];
  const title = `${score} by ${line(slicing)}, minus ${line(runs[0]!.label)}`;
  return [differenceTable(rows, { title, head: ["", "run"], names: ["score", "first run"], resampling })];
}
