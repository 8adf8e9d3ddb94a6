import { createHash } from "node:crypto";
import { z } from "zod";
import {
  compareSealed,
  type HashValue,
  listSealed,
  type SealedValue,
  type SealedValues,
  type SealFormat,
  sealAll,
  type ValueChanges,
} from "./sealed-values.js";

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
    /** Of each long list, by its path: two digits of each item, see `SealedValues`. */
    items: z.record(z.string(), z.string()).optional(),
  })
  .describe("the seal of a report");
/** A report's seal. */
export type Seal = z.infer<typeof Seal>;

/** The seal of all values of a report's data. */
export function sealValues(data: unknown, format: SealFormat = 2): SealedValues {
  const values = listSealed(data, format);
  return sealAll(values, format, hashOf(values));
}

/** Finds where data differ from those that were sealed. */
export function findChangedValues(data: unknown, seal: SealedValues): ValueChanges {
  const values = listSealed(data, seal.format);
  return compareSealed(values, seal, hashOf(values));
}

function hashOf(values: readonly SealedValue[]): HashValue {
  return (place, encoding) => createHash("sha256").update(values[place]!.text).digest(encoding);
}
