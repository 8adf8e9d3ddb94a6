import { createTable, formatCount, formatScore } from "../../cli/tables.js";
import type { RunComparison } from "../comparison.js";
import { line, unique } from "./text.js";

/** A row a run, for each domain or answer type and then for all. */
export function formatScores({ scores, runs }: RunComparison): string[] {
  if (scores.length === 0) return [];
  const names = unique(scores.map(({ score }) => score));
  const subsets = listSubsets(scores);
  const table = createTable(["", "examples", "run", ...names], { textColumns: 3 });
  for (const subset of subsets) {
    for (const [i, { label }] of runs.entries()) {
      const own = scores.filter((row) => row.subset === subset && row.run === label);
      const head = i === 0 ? [line(subset), formatCount(own[0]!.examples)] : ["", ""];
      const cells = names.map((name) => {
        const row = own.find(({ score }) => score === name)!;
        return formatScore(row.value, row);
      });
      table.push([...head, line(label), ...cells]);
    }
  }
  return [table.toString()];
}

/** The parts first, all examples last, as the field prints them. */
export function listSubsets(rows: readonly { readonly subset: string }[]): string[] {
  return [...unique(rows.map(({ subset }) => subset)).filter((subset) => subset !== "all"), "all"];
}

export function formatChanges({ changes }: RunComparison): string[] {
  if (!changes) return [];
  const table = createTable(["completions", "not those of", "differ", "of", "share"], { textColumns: 2 });
  for (const { run, against, differing, examples, share, ...interval } of changes) {
    table.push([line(run), line(against), formatCount(differing), formatCount(examples), formatScore(share, interval)]);
  }
  return [table.toString()];
}
