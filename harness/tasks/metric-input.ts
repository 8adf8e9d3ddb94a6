import {
  createMetricInput,
  type MetricExample,
  type MetricInput,
  type MetricOptions,
  type SharedResults,
} from "@simvlm/metrics";

/** Which examples document frequencies are counted on for the scores of a group: on all of them, or on the group's own. */
export const DF_MODES = ["shared", "per-domain"] as const;
/** One of {@link DF_MODES}. */
export type DfMode = (typeof DF_MODES)[number];

/** What metrics look at, with what signatures call the document frequencies. */
export function inputOf(
  examples: readonly MetricExample[],
  df: DfMode,
  tables: MetricOptions["tables"],
  known?: SharedResults,
): MetricInput {
  return createMetricInput(examples, { documentFrequencyName: `references(${df})`, tables }, known);
}
