import type { MetricDefinition } from "@simvlm/metrics";
import type { Manifest } from "./manifest.js";

/** Fields that predictions do not depend on: names, places, times, and what is known only at the end. */
const INDIFFERENT = [
  "label",
  "created",
  "failed",
  "leftOut",
  "flawed",
  "pictures",
  "metricSignatures",
  "comparable",
  "data.folder",
  "data.fromRun",
  "data.references",
  "data.images",
  "sourceAt",
  "source.pretraining",
  "platform.node",
];

/** A field with its value in one manifest and in the other, as JSON; undefined where it is not there. */
export interface FieldDifference {
  readonly field: string;
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/** Where two JSON values differ, by field. */
export function findDifferences(first: unknown, second: unknown): FieldDifference[] {
  const [a, b] = [flatten(first), flatten(second)];
  const fields = [...new Set([...a.keys(), ...b.keys()])];
  return fields.flatMap((field) =>
    a.get(field) === b.get(field) ? [] : [{ field, first: a.get(field), second: b.get(field) }],
  );
}

/**
 * In what two runs differ that predictions depend on.
 * @param except further fields that may differ
 */
export function compareManifests(first: Manifest, second: Manifest, except: readonly string[] = []): FieldDifference[] {
  const ignored = [...INDIFFERENT, ...except];
  return findDifferences(first, second).filter(
    ({ field }) => !ignored.some((name) => field === name || field.startsWith(`${name}.`)),
  );
}

/** Differences that something is wrong with, and those that come of another version of this program. */
export interface JudgedDifferences<Found> {
  readonly differences: readonly Found[];
  /** What the other version added, of what is now: a newer one may know more. */
  readonly added: readonly Found[];
  /** Signatures that differ in nothing but the version. */
  readonly versions: readonly Found[];
}

const VERSION_FIELD = /\bversion:simvlm-[\w.+-]+/g;

/**
 * Tells what is wrong from what another version does otherwise.
 * @param found differences between what was kept (first) and what comes out now (second)
 * @param isSameCode whether the very code that made it looks at it: then nothing may have been added
 */
export function judgeDifferences<Found extends Pick<FieldDifference, "first" | "second">>(
  found: readonly Found[],
  isSameCode: boolean,
): JudgedDifferences<Found> {
  const withoutVersion = (json = "") => json.replace(VERSION_FIELD, "");
  const isVersion = ({ first, second }: Found) =>
    first !== undefined && second !== undefined && withoutVersion(first) === withoutVersion(second);
  const isAdded = ({ first }: Found) => first === undefined && !isSameCode;
  return {
    differences: found.filter((one) => !isVersion(one) && !isAdded(one)),
    added: found.filter(isAdded),
    versions: found.filter(isVersion),
  };
}

/** Whether a difference is of a score that a network computes, and no larger than such scores differ between machines. */
export function isTolerated({ field, first, second }: FieldDifference, metrics: readonly MetricDefinition[]): boolean {
  const path = field.split(".");
  const own = metrics.find(({ scores }) => scores.some((score) => path.includes(score)));
  return Math.abs(Number(first) - Number(second)) <= (own?.tolerance ?? -1);
}

const LISTED = 8;

/** `seed: 1, now 2; limit: none, now 5` */
export function listDifferences(differences: readonly FieldDifference[], word: string): string {
  const shown = differences
    .slice(0, LISTED)
    .map(({ field, first = "none", second = "none" }) => `${field}: ${first}, ${word} ${second}`);
  const more = differences.length > LISTED ? [`and ${differences.length - LISTED} more`] : [];
  return [...shown, ...more].join("; ");
}

/** Leaves by their path; an empty object or list is a leaf. */
function flatten(value: unknown, path = "", leaves = new Map<string, string>()): Map<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 && value !== undefined) leaves.set(path, JSON.stringify(value));
  for (const [key, inner] of entries) flatten(inner, path === "" ? key : `${path}.${key}`, leaves);
  return leaves;
}
