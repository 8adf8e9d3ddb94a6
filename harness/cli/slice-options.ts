import type { Command } from "@commander-js/extra-typings";
import type { SliceRequest } from "../compare/slices/slicing.js";
import { readSliceTable } from "../formats/slice-table.js";

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `--baseline`, `--slice-by` and `--slices`, of commands that compare. */
export function sliceOptions(command: Command) {
  return command
    .option("--baseline <run>", "the run that the others are compared with: its folder or label (default: the first)")
    .option(
      "--slice-by <what>",
      "score parts of the examples by themselves: caption-length, objects, word:dog, or a kind that the data have, such as domain or answer-type; may be repeated",
      collect,
    )
    .option(
      "--slices <file>",
      "the same by every column of a table with a column id, such as slices.csv; may be repeated",
      collect,
    );
}

/** What {@link sliceOptions} ask for, with the tables that they name; undefined for nothing. */
export async function readSliceRequest(
  by: readonly string[] = [],
  files: readonly string[] = [],
): Promise<SliceRequest | undefined> {
  if (by.length + files.length === 0) return undefined;
  const tables = [];
  for (const file of files) tables.push(await readSliceTable(file));
  return { by, tables };
}
