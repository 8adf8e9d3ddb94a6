import type { Group } from "@simvlm/metrics";
import type { SliceTable } from "../../formats/slice-table.js";
import type { Task, TaskExample } from "../../tasks/task.js";

/** A cell that is a number. */
export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** By what a comparison's examples are sliced; JSON. */
export interface SliceRequest {
  /**
   * What the data know of examples: `caption-length` and `objects` (quartiles, or `objects:2,4` for bounds of one's own),
   * `word:dog`, and the kinds of examples that the task has, such as `domain` and `answer-type`.
   */
  readonly by?: readonly string[];
  /** Every column is a slicing. */
  readonly tables?: readonly SliceTable[];
}

/** A way to part the examples: each is in one slice, or in none. */
export interface Slicing {
  /** What was asked for, or the column's name. */
  readonly name: string;
  /** What the slices are of, for people. */
  readonly about: string;
  /** By place among the scored examples. */
  readonly slices: readonly Group[];
}

/** The examples that are sliced, and what else is known of them. */
export interface SliceableExamples {
  readonly task: Task;
  readonly scored: readonly TaskExample[];
  /** How many objects a table says that each has. */
  readonly objects?: readonly (string | undefined)[] | undefined;
}
