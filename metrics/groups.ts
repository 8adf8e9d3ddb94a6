import { type MetricResult, selectExamples } from "./metric.js";

/** A part of the examples that scores are also given of: a domain, an answer type, a question type. */
export interface Group {
  /** What tables call it. */
  readonly name: string;
  /** Places among the examples, in order. */
  readonly rows: Int32Array;
}

/**
 * Sorts examples into groups.
 * @param kinds of each example the name of its group; undefined for none
 * @param order of the groups: names that come first, the others after them by alphabet; or by the first example of each
 */
export function groupExamples(
  kinds: readonly (string | undefined)[],
  order: readonly string[] | "first-seen" = [],
): Group[] {
  const rows = new Map<string, number[]>();
  for (const [row, kind] of kinds.entries()) {
    if (kind === undefined) continue;
    const own = rows.get(kind);
    if (own) own.push(row);
    else rows.set(kind, [row]);
  }
  const groups = [...rows].map(([name, own]): Group => ({ name, rows: Int32Array.from(own) }));
  if (order === "first-seen") return groups;
  const placeOf = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return groups.sort((a, b) => placeOf(a.name) - placeOf(b.name) || (a.name < b.name ? -1 : 1));
}

/** Results on one group of the examples. */
export interface GroupResults {
  /** The name of the group. */
  readonly name: string;
  /** How many examples it has. */
  readonly examples: number;
  /** In the order of the results on the whole. */
  readonly results: readonly MetricResult[];
}

/** Every result on every group, named and rounded as on the whole. */
export function selectGroups(results: readonly MetricResult[], groups: readonly Group[]): GroupResults[] {
  return groups.map(({ name, rows }) => ({
    name,
    examples: rows.length,
    results: results.map((result) => selectExamples(result, rows)),
  }));
}
