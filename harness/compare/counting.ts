import { type MetricResult, VERSION } from "@simvlm/metrics";

/** A metric that is computed from counts. */
export interface Counting<Name extends string> {
  readonly metric: string;
  readonly names: readonly Name[];
  readonly columns: readonly string[];
  readonly scoresFromSums: (sums: Float64Array) => number[];
}

/**
 * The result of a metric whose statistics are counts, so that subsets, intervals and paired tests follow.
 * @param counts of one example each, in the order of `columns`
 */
export function countResult<Name extends string>(
  { metric, names, columns, scoresFromSums }: Counting<Name>,
  counts: readonly (readonly number[])[],
): MetricResult<Name> {
  const sums = columns.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  const nameAll = <T>(values: readonly T[]) =>
    Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Name, T>;
  const perExample = counts.map((row) => scoresFromSums(Float64Array.from(row)));
  return {
    metric,
    names,
    scores: nameAll(scoresFromSums(Float64Array.from(sums))),
    perExample: nameAll(names.map((_, i) => Float64Array.from(perExample, (scores) => scores[i]!))),
    statistics: { columns, values: Float64Array.from(counts.flat()) },
    scoresFromSums,
    signature: `${metric}|version:simvlm-${VERSION}`,
  };
}

/** Of nothing, nothing. */
export function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
