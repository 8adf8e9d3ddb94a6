import { type MetricDefinition, type MetricNeed, SimvlmError } from "@simvlm/metrics";
import { hasReference } from "../formats/captions.js";
import { listIds } from "../formats/ids.js";
import { looksAtPictures } from "./choose-metrics.js";
import type { ReferenceSet, Truth } from "./task.js";

/** So many are named. */
const NAMED = 10;

/** Examples of which all have references or, in a test set, none; with what was left out to have it so. */
export interface SettledExamples<Example> {
  readonly examples: Example[];
  readonly unreferenced: readonly string[];
  /** Whether there is anything to score against. */
  readonly isScorable: boolean;
}

/** Takes out the examples without references, unless all are without: that is a set to be predicted only. */
export function settleReferences<Example extends { readonly id: string }>(
  examples: Example[],
  isReferenced: (example: Example) => boolean,
): SettledExamples<Example> {
  const referenced = examples.filter(isReferenced);
  if (referenced.length === 0) return { examples, unreferenced: [], isScorable: false };
  const unreferenced = examples.filter((example) => !isReferenced(example)).map(({ id }) => id);
  return { examples: referenced, unreferenced, isScorable: true };
}

/**
 * Refuses data of which some examples have no references: what is left out should be known to whoever reads the scores.
 * @param where the data come from, for the message
 * @throws SimvlmError `missing-references` that names ten of them, `nothing-to-score` where all are without
 */
export function requireReferences({ examples, unreferenced = [] }: ReferenceSet, where: string): void {
  if (unreferenced.length === 0) return;
  const bare = new Set(unreferenced);
  if (examples.every(({ id }) => bare.has(id))) {
    throw new SimvlmError(
      "nothing-to-score",
      `${where} has no references of any of its ${unreferenced.length} examples: it holds only what is asked. ` +
        "Give the file that has them, such as the annotations beside a file of questions.",
    );
  }
  const all = examples.length + unreferenced.length;
  throw new SimvlmError(
    "missing-references",
    `${where}: ${unreferenced.length} of ${all} examples have no references: ${listIds(unreferenced, NAMED)}. ` +
      "Add them, or leave these examples out.",
  );
}

/** Whether an annotations file says what is right of an example. */
export function isReferenced({ references = [] }: Truth): boolean {
  return hasReference(references);
}

/** Whether a set of which nobody has described anything is scored all the same: by metrics that look at pictures alone. */
export function isScoredBare({ examples }: ReferenceSet, metrics: readonly MetricDefinition[]): boolean {
  const looksAtNothingElse = (metric: MetricDefinition) =>
    looksAtPictures(metric) && !PEOPLES.some((need) => metric.needs?.includes(need));
  return metrics.every(looksAtNothingElse) && !examples.some(isReferenced);
}

/** What people have said of examples. */
const PEOPLES: readonly MetricNeed[] = ["references", "answers", "instances"];
