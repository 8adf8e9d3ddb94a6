import { defineMeanMetric } from "../definition.js";
import { evaluatePrepared } from "../evaluate.js";
import { type Explanation, explanationOf } from "../explanation.js";
import { createMetricInput, type MetricExample } from "../input.js";
import type { MetricResult } from "../metric.js";
import { requireSameLength } from "./same-length.js";

/** `confusion[label][prediction]`: how many examples of a label got each prediction. */
export type Confusion = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Accuracy with the confusion counts. */
export interface ClassificationResult extends MetricResult<"accuracy"> {
  /** What was taken for what. */
  readonly confusion: Confusion;
}

/**
 * The share of examples whose predicted class is the label (SNLI-VE), with the confusion counts.
 *
 * @returns accuracy from 0 to 1
 * @throws SimvlmError `length-mismatch`
 */
export function classificationAccuracy(
  predictions: readonly string[],
  labels: readonly string[],
): ClassificationResult {
  requireSameLength("predictions", predictions, "labels", labels);
  const examples = labels.map((label, i) => ({ id: `${i + 1}`, prediction: predictions[i]!, references: [label] }));
  const result = evaluatePrepared(accuracyMetric, createMetricInput(examples), undefined);
  return { ...result, confusion: countConfusion(examples) };
}

/** {@link classificationAccuracy} as a definition: the first reference is the label; the details are the confusion. */
export const accuracyMetric = defineMeanMetric({
  name: "accuracy",
  range: [0, 1],
  score: "accuracy",
  scoreExample: ({ prediction, references }) => (prediction === references[0] ? 1 : 0),
  explain: explainClass,
  signature: ({ examples }) => ({ classes: new Set(examples.map(({ references }) => references[0])).size }),
  details: ({ examples }) => ({ confusion: countConfusion(examples) }),
});

/** What was said, and what is right: the two must be the same text. */
export function explainClass({ prediction, references }: MetricExample): Explanation {
  const [right] = references;
  const verdict = prediction === right ? "which is right" : `but right is "${right}", and only the same text counts`;
  return explanationOf({ kind: "note", text: `Said "${prediction}", ${verdict}.` });
}

function countConfusion(examples: readonly MetricExample[]): Confusion {
  const confusion: Record<string, Record<string, number>> = Object.create(null);
  for (const { prediction, references } of examples) {
    const label = references[0]!;
    confusion[label] ??= Object.create(null) as Record<string, number>;
    confusion[label][prediction] = (confusion[label][prediction] ?? 0) + 1;
  }
  return confusion;
}
