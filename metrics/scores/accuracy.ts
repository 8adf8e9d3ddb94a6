import { SimvlmError } from "../error.js";
import { formatSignature, type MetricResult, meanResult, nameScores, sumStatistics } from "../metric.js";

export interface ClassificationResult extends MetricResult<"accuracy"> {
  /** `confusion[label][prediction]`: how many examples of a label got each prediction. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
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
  checkLengths(predictions, labels);
  const correct = Float64Array.from(labels, (label, i) => (label === predictions[i] ? 1 : 0));
  const confusion: Record<string, Record<string, number>> = Object.create(null);
  for (const [i, label] of labels.entries()) {
    confusion[label] ??= Object.create(null) as Record<string, number>;
    const row = confusion[label];
    row[predictions[i]!] = (row[predictions[i]!] ?? 0) + 1;
  }
  const classes = new Set(labels).size;
  return { ...meanResult("accuracy", "accuracy", correct, formatSignature("accuracy", { classes })), confusion };
}

/** An NLVR2 example: a sentence about a pair of images. */
export interface Nlvr2Label {
  readonly label: boolean;
  /** Equal for the examples that share their sentence. */
  readonly sentenceId: string;
}

const NLVR2_NAMES = ["accuracy", "consistency"] as const;

/**
 * NLVR2's two scores (Suhr et al. 2019): accuracy, and consistency, the share of sentences all of whose examples are
 * right. Examples of one sentence are resampled together.
 *
 * @returns scores from 0 to 1; per example whether it is right, and whether its whole sentence is
 * @throws SimvlmError `length-mismatch`
 */
export function nlvr2(
  predictions: readonly boolean[],
  labels: readonly Nlvr2Label[],
): MetricResult<(typeof NLVR2_NAMES)[number]> {
  checkLengths(predictions, labels);
  const sentences = new Map<string, { number: number; firstExample: number; consistent: number }>();
  const correct = new Float64Array(labels.length);
  for (const [i, { label, sentenceId }] of labels.entries()) {
    correct[i] = label === predictions[i] ? 1 : 0;
    const sentence = sentences.get(sentenceId);
    if (!sentence) sentences.set(sentenceId, { number: sentences.size, firstExample: i, consistent: correct[i]! });
    else if (correct[i] === 0) sentence.consistent = 0;
  }
  const columns = ["correct", "examples", "consistent", "sentences"];
  const values = new Float64Array(columns.length * labels.length);
  for (const [i, right] of correct.entries()) values.set([right, 1], columns.length * i);
  // a sentence's two columns stand in the row of its first example; the others' are zero
  for (const { firstExample, consistent } of sentences.values()) {
    values.set([consistent, 1], columns.length * firstExample + 2);
  }
  const scoresFromSums = (sums: Float64Array) => [sums[0]! / sums[1]!, sums[2]! / sums[3]!];
  const sentenceOf = labels.map(({ sentenceId }) => sentences.get(sentenceId)!);
  return {
    metric: "NLVR2",
    names: NLVR2_NAMES,
    scores: nameScores(NLVR2_NAMES, scoresFromSums(sumStatistics({ columns, values }))),
    perExample: { accuracy: correct, consistency: Float64Array.from(sentenceOf, ({ consistent }) => consistent) },
    statistics: { columns, values },
    scoresFromSums,
    clusters: Int32Array.from(sentenceOf, ({ number }) => number),
    signature: formatSignature("NLVR2", { consistency: "sentence" }),
  };
}

function checkLengths(predictions: readonly unknown[], labels: readonly unknown[]): void {
  if (predictions.length === labels.length) return;
  throw new SimvlmError(
    "length-mismatch",
    `${predictions.length} predictions but ${labels.length} labels: there must be one prediction a label`,
  );
}
