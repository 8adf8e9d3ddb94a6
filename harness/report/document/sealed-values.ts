import { nameItem, visitLeaves } from "./leaves.js";

/*
 * How a report's values are sealed. Nothing here needs Node.js: the page's script looks at the seal, too.
 */

/** Of each way to seal values: the digits of a hash, how they are written, and how long a list is that is sealed as a whole. */
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
  /**
   * Of each long list of items that have names, by its path: two digits of each item, which only tell apart what was
   * changed; that nothing was is told by the hash of the list.
   */
  readonly items?: Readonly<Record<string, string>> | undefined;
}

/** A value that has a seal of its own. */
export interface SealedValue {
  readonly path: string;
  /** As JSON. */
  readonly value: string;
  /** What is hashed. */
  readonly text: string;
  /** The items of a long list, as JSON; absent where they have no names. */
  readonly items?: readonly string[];
  /** What an item is called: few are ever asked for. */
  readonly pathOf?: (item: number) => string;
}

/** The values of a report's data. */
export function listSealed(data: unknown, format: SealFormat): SealedValue[] {
  const { longest } = WAYS[format];
  const sealed: SealedValue[] = [];
  visitLeaves(data, longest, (path, leaf) => {
    const hasItems = Array.isArray(leaf) && leaf.some((item) => nameItem(item, "") !== "");
    const items = hasItems ? leaf.map((item) => JSON.stringify(item) ?? "null") : undefined;
    const value = items ? `[${items.join(",")}]` : JSON.stringify(leaf);
    const pathOf = (i: number) => `${path}[${nameItem((leaf as readonly unknown[])[i], `${i}`)}]`;
    sealed.push({ path, value, text: `${path}=${value}`, ...(items && { items, pathOf }) });
  });
  return sealed;
}

/** The hash of the value at a place. */
export type HashValue = (place: number, encoding: HashEncoding) => string;

/** The seal of values. */
export function sealAll(values: readonly SealedValue[], format: SealFormat, hash: HashValue): SealedValues {
  const { digits, encoding } = WAYS[format];
  const items = values.flatMap(({ path, items }) => (items?.length ? [[path, items.map(markItem).join("")]] : []));
  return {
    format,
    values: values.map((_, i) => hash(i, encoding).slice(0, digits)).join(""),
    ...(items.length > 0 && { items: Object.fromEntries(items) as Record<string, string> }),
  };
}

const MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Two digits by which an item is known, of its hash by Fowler, Noll and Vo (32 bits of FNV-1a over UTF-16). */
function markItem(value: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return MARKS[hash & 63]! + MARKS[(hash >>> 6) & 63]!;
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
  { values, items = {}, format }: SealedValues,
  hash: HashValue,
): ValueChanges {
  const { digits, encoding } = WAYS[format];
  const sealed = new Set(values.match(new RegExp(`.{${digits}}`, "g")));
  const changed = listed.filter((_, i) => !sealed.has(hash(i, encoding).slice(0, digits)));
  const count = (list: readonly SealedValue[]) => list.reduce((sum, { items }) => sum + (items?.length ?? 1), 0);
  const named = changed.flatMap((value) =>
    nameChanges(value, Object.hasOwn(items, value.path) ? items[value.path]! : ""),
  );
  return {
    changed: named,
    kept: count(listed) - named.length,
    removed: Math.max(0, values.length / digits - listed.length),
  };
}

/** Which items of a list are others; the list itself where nobody can tell. */
function nameChanges(
  { path, value, items = [], pathOf }: SealedValue,
  marks: string,
): (readonly [path: string, value: string])[] {
  const isAligned = marks.length === 2 * items.length;
  const isChanged = (item: string, i: number) => markItem(item) !== marks.slice(2 * i, 2 * i + 2);
  const changed = isAligned
    ? items.flatMap((item, i) => (isChanged(item, i) ? [[pathOf!(i), item] as const] : []))
    : [];
  return changed.length > 0 ? changed : [[path, value]];
}
