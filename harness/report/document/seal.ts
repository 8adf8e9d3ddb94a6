import { z } from "zod";
import { hashText } from "../../files/hash.js";
import { listLeaves } from "./leaves.js";

const DIGITS = 8;

/** What a report's page was when it was written, so that later changes can be found and named. */
export const Seal = z
  .object({
    format: z.literal(1),
    /** SHA-256 of the page with an empty seal. */
    page: z.string(),
    /** SHA-256 of each section's markup. */
    sections: z.record(z.string(), z.string()),
    /** Of each value of the embedded data, with its path, the first digits of a SHA-256, one after the other. */
    values: z.string(),
  })
  .describe("the seal of a report");
/** A report's seal. */
export type Seal = z.infer<typeof Seal>;

/** The digits that seal all values of a report's data. */
export function sealValues(data: unknown): string {
  return [...listLeaves(data)].map(([path, value]) => digest(path, value)).join("");
}

/** How data differ from those that were sealed. */
export interface ValueChanges {
  /** The paths and values, as JSON, that are not what was sealed. */
  readonly changed: readonly (readonly [path: string, value: string])[];
  /** How many more sealed values are missing. */
  readonly removed: number;
}

/** Finds where data differ from those that were sealed. */
export function findChangedValues(data: unknown, values: string): ValueChanges {
  const sealed = new Set(values.match(new RegExp(`.{${DIGITS}}`, "g")));
  const changed: [string, string][] = [];
  let kept = 0;
  for (const [path, value] of listLeaves(data)) {
    if (sealed.has(digest(path, value))) kept++;
    else changed.push([path, value]);
  }
  return { changed, removed: Math.max(0, values.length / DIGITS - kept - changed.length) };
}

function digest(path: string, value: string): string {
  return hashText(`${path}=${value}`).slice(0, DIGITS);
}
