import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";

/**
 * Ids are numbers in one file and numeric strings in the next, so examples and predictions carry `String(id)`.
 * The schema does not do that itself: on COCO's 200,000 captions it would more than double the time of validation.
 */
export const Id = /* @__PURE__ */ createId(); // a page's script has listIds alone, and does without zod

function createId() {
  return z.union([z.int(), z.string()], "expected an id (a whole number below 2^53, or a string)");
}

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

/** An id as the official files have it: a number where it looks like one. */
export function officialId(id: string): number | string {
  return /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id;
}

const LISTED = 5;

/** `1, 2, 3` or, of many, the first few and how many there are. */
export function listIds(ids: readonly string[], most = LISTED): string {
  const shown = ids.slice(0, most).join(", ");
  return ids.length > most ? `${shown}, … (${ids.length} in all)` : shown;
}
