import { createHash } from "node:crypto";
import { z } from "zod";
import { listLeaves } from "./leaves.js";

/** Of each way to seal values: the digits of a hash, how they are written, and how long a list is whose items are each sealed as a whole. */
const WAYS = {
  1: { digits: 8, encoding: "hex", longest: Number.POSITIVE_INFINITY },
  2: { digits: 6, encoding: "base64url", longest: 1000 },
} as const;

/** What a report's page was when it was written, so that later changes can be found and named. */
export const Seal = z
  .object({
    /** 1: up to version 0.2.0. */
    format: z.literal([1, 2]),
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
export function sealValues(data: unknown, format: Seal["format"] = 2): string {
  return [...listLeaves(data, WAYS[format].longest)].map(([path, value]) => digest(path, value, format)).join("");
}

/** How data differ from those that were sealed. */
export interface ValueChanges {
  /** The paths and values, as JSON, that are not what was sealed. */
  readonly changed: readonly (readonly [path: string, value: string])[];
  /** How many more sealed values are missing. */
  readonly removed: number;
}

/** Finds where data differ from those that were sealed. */
export function findChangedValues(data: unknown, { values, format }: Pick<Seal, "values" | "format">): ValueChanges {
  const { digits, longest } = WAYS[format];
  const sealed = new Set(values.match(new RegExp(`.{${digits}}`, "g")));
  const changed: [string, string][] = [];
  let kept = 0;
  for (const [path, value] of listLeaves(data, longest)) {
    if (sealed.has(digest(path, value, format))) kept++;
    else changed.push([path, value]);
  }
  return { changed, removed: Math.max(0, values.length / digits - kept - changed.length) };
}

function digest(path: string, value: string, format: Seal["format"]): string {
  const { digits, encoding } = WAYS[format];
  return createHash("sha256").update(`${path}=${value}`).digest(encoding).slice(0, digits);
}
