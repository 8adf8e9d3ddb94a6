import { listLeaves } from "./leaves.js";

/*
 * How a report's values are sealed. Nothing here needs Node.js: the page's script looks at the seal, too.
 */

/** Of each way to seal values: the digits of a hash, how they are written, and how long a list is whose items are each sealed as a whole. */
const WAYS = {
  1: { digits: 8, encoding: "hex", longest: Number.POSITIVE_INFINITY },
  2: { digits: 6, encoding: "base64url", longest: 1000 },
} as const;

/** The ways to seal; 1 is that of versions up to 0.2.0. */
export type SealFormat = keyof typeof WAYS;
/** How a hash is written. */
export type HashEncoding = (typeof WAYS)[SealFormat]["encoding"];

/** The seal of values. */
export interface SealedValues {
  readonly format: SealFormat;
  /** Of each value, with its path, the first digits of a SHA-256, one after the other. */
  readonly values: string;
}

/** A value that has a seal of its own. */
export interface SealedValue {
  readonly path: string;
  /** As JSON. */
  readonly value: string;
  /** What is hashed. */
  readonly text: string;
}

/** The values of a report's data. */
export function listSealed(data: unknown, format: SealFormat): SealedValue[] {
  return [...listLeaves(data, WAYS[format].longest)].map(([path, value]) => ({
    path,
    value,
    text: `${path}=${value}`,
  }));
}

/** The hash of the value at a place. */
export type HashValue = (place: number, encoding: HashEncoding) => string;

/** The digits that seal values. */
export function joinDigits(values: readonly SealedValue[], format: SealFormat, hash: HashValue): string {
  const { digits, encoding } = WAYS[format];
  return values.map((_, i) => hash(i, encoding).slice(0, digits)).join("");
}

/** How data differ from those that were sealed. */
export interface ValueChanges {
  /** The paths and values, as JSON, that are not what was sealed. */
  readonly changed: readonly (readonly [path: string, value: string])[];
  /** How many values are what was sealed. */
  readonly kept: number;
  /** How many more sealed values are missing. */
  readonly removed: number;
}

/** Sets values beside their seal. */
export function compareSealed(
  listed: readonly SealedValue[],
  { values, format }: SealedValues,
  hash: HashValue,
): ValueChanges {
  const { digits, encoding } = WAYS[format];
  const sealed = new Set(values.match(new RegExp(`.{${digits}}`, "g")));
  const changed = listed.flatMap(({ path, value }, i): [string, string][] =>
    sealed.has(hash(i, encoding).slice(0, digits)) ? [] : [[path, value]],
  );
  const kept = listed.length - changed.length;
  return { changed, kept, removed: Math.max(0, values.length / digits - listed.length) };
}
