import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { listIds } from "./list-ids.js";

/**
 * Ids are numbers in one file and numeric strings in the next, so examples and predictions carry `String(id)`.
 * The schema does not do that itself: on COCO's 200,000 captions it would more than double the time of validation.
 */
export const Id = z.union([z.int(), z.string()], "expected an id (a whole number below 2^53, or a string)");

/** Whether {@link Id} accepts the value. */
export function isId(value: unknown): boolean {
  return typeof value === "string" || Number.isSafeInteger(value);
}

/**
 * What every reader promises: at least one example, and no id twice.
 *
 * @throws SimvlmError `empty-file`, `duplicate-id`
 */
export function checkExamples<E extends { id: string }>(examples: E[], path: string): E[] {
  if (examples.length === 0) throw new SimvlmError("empty-file", `${path} has no examples. Check that it is whole.`);
  const repeated = findRepeated(examples);
  if (repeated.length > 0) {
    throw new SimvlmError("duplicate-id", `${path}: more than one example with id ${listIds(repeated)}. Remove one.`);
  }
  return examples;
}

/** The ids that occur more than once, each once, in order. */
export function findRepeated(records: readonly { id: string }[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { id } of records) {
    const known = seen.size;
    if (seen.add(id).size === known) repeated.add(id);
  }
  return [...repeated];
}
