import type { MetricExample } from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";

const THOUGHT = /<\/?think(?:ing)?>|\[\/?THINK\]|<\|channel\|>/i;

/** Predictions of somebody's who did not take the thoughts out: they are scored as they stand. */
export function warnOfThoughts(examples: readonly MetricExample[]): string[] {
  const ids = examples.flatMap(({ id, prediction }) => (THOUGHT.test(prediction) ? [id] : []));
  if (ids.length === 0) return [];
  return [`the predictions for ${listIds(ids)} contain marks of thoughts, such as <think>, which are scored as words`];
}
