import type { FileShape } from "./file-shape.js";
import type { FormatDescription } from "./format.js";
import { DATA_SET_FORMATS } from "./format-table.js";

/** So many formats are named. */
const MOST = 3;

interface Matching extends FormatDescription {
  matches?(shape: FileShape): boolean;
}

/** What a file could be instead of what was looked for, and of which tasks: `VQA v2 (task vqa)`; undefined for none. */
export function nameOtherTasks(shape: FileShape): string | undefined {
  const formats: readonly Matching[] = DATA_SET_FORMATS;
  const fitting = formats.filter(({ matches }) => matches?.(shape));
  if (fitting.length === 0) return undefined;
  return fitting
    .slice(0, MOST)
    .map(({ name, task }) => `${name} (task ${task})`)
    .join(" or ");
}
