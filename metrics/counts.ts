import { createResult, formatSignature, type MetricResult, nameScores } from "./metric.js";

/** A metric that is computed from counts. */
export interface Counting<Name extends string> {
  /** Its title. */
  readonly metric: string;
  /** The names of its scores, in the order in which `scoresFromSums` gives them. */
  readonly names: readonly Name[];
  /** What is counted. */
  readonly columns: readonly string[];
  /** Scores from the sums of some examples' counts. */
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
  const evaluation = { values: Float64Array.from(counts.flat()), signature: formatSignature(metric, {}) };
  const sums = Float64Array.from(columns, (_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  return {
    ...createResult({ name: metric, scores: names, columns, scoresFromSums }, evaluation),
    // added up one by one, in case they are no whole numbers after all
    scores: nameScores(names, scoresFromSums(sums)),
  };
}
