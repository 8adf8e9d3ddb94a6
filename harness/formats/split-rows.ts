import { SimvlmError } from "@simvlm/metrics";
import { requireFew } from "../files/record-limit.js";
import type { ReadOptions } from "./data-format.js";
import type { FileShape } from "./file-shape.js";
import { type Row, readRows } from "./rows.js";

/** What one split is called in different data sets. */
const SYNONYMS: readonly (readonly string[])[] = [
  ["val", "validation", "valid", "dev"],
  ["train", "training"],
  ["test", "testing"],
];

/** The names that a split may have: its own, then what others call it. */
export function splitNames(split: string): string[] {
  const others = SYNONYMS.find((names) => names.includes(split)) ?? [];
  return [...new Set([split, ...others])];
}

/**
 * The records of files; of those that say which split a record belongs to (`split`), the ones that are asked for.
 * @throws SimvlmError `missing-split` where the records are of other splits, `too-long`
 */
export async function* readSplitRows(shapes: readonly FileShape[], { split }: ReadOptions): AsyncGenerator<Row> {
  const wanted = split === undefined ? [] : splitNames(split);
  const others = new Map<string, number>();
  let found = 0;
  for (const shape of shapes) {
    for await (const row of readRows(shape)) {
      const own = row.fields.split ?? row.fields.set_name;
      if (split !== undefined && typeof own === "string" && !wanted.includes(own)) {
        others.set(own, (others.get(own) ?? 0) + 1);
        continue;
      }
      requireFew(++found, shape.path);
      yield row;
    }
  }
  if (found > 0 || others.size === 0) return;
  const named = [...others].map(([name, count]) => `${name} (${count})`).join(", ");
  throw new SimvlmError(
    "missing-split",
    `${shapes.map(({ path }) => path).join(", ")} has no records of the split ${split}: its records are of ${named}.`,
  );
}
