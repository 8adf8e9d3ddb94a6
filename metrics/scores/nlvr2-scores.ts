import { defineMetric, type MetricDefinition } from "../definition.js";
import { evaluatePrepared } from "../evaluate.js";
import { explanationOf } from "../explanation.js";
import { createMetricInput, type MetricExample, type MetricInput } from "../input.js";
import type { MetricResult } from "../metric.js";
import { explainClass } from "./accuracy.js";
import { requireSameLength } from "./same-length.js";

/** An NLVR2 example: a sentence about a pair of images. */
export interface Nlvr2Label {
  /** Whether the sentence is true of its pair. */
  readonly label: boolean;
  /** Equal for the examples that share their sentence. */
  readonly sentenceId: string;
}

/** The names of NLVR2's two scores. */
export type Nlvr2Name = "accuracy" | "consistency";

/** The answers as NLVR2 writes them. */
const writeAnswer = (answer: boolean) => (answer ? "True" : "False");

/**
 * NLVR2's two scores (Suhr et al. 2019): accuracy, and consistency, the share of sentences all of whose examples are
 * right. Examples of one sentence are resampled together.
 *
 * @returns scores from 0 to 1; per example whether it is right, and whether its whole sentence is
 * @throws SimvlmError `length-mismatch`
 */
export function nlvr2(predictions: readonly boolean[], labels: readonly Nlvr2Label[]): MetricResult<Nlvr2Name> {
  requireSameLength("predictions", predictions, "labels", labels);
  const examples = labels.map(({ label, sentenceId }, i) => ({
    id: `${i + 1}`,
    prediction: writeAnswer(predictions[i]!),
    references: [writeAnswer(label)],
    cluster: sentenceId,
  }));
  const input = createMetricInput(examples);
  return evaluatePrepared(nlvr2Metric, input, judgeSentences(input));
}

/** {@link nlvr2} as a definition: answers are "True" or "False", the examples of one sentence are a cluster. */
export const nlvr2Metric: MetricDefinition<Nlvr2Name> = defineMetric({
  name: "nlvr2",
  range: [0, 1],
  title: "NLVR2",
  scores: ["accuracy", "consistency"],
  columns: ["correct", "examples", "consistent", "sentences"],
  prepare: judgeSentences,
  statistics(example, sentences, place) {
    const { firstPlace, isConsistent } = sentences[place]!;
    // a sentence's two columns stand in the row of its first example; the others' are zero
    const isFirst = firstPlace === place;
    return [Number(isRight(example)), 1, Number(isFirst && isConsistent), Number(isFirst)];
  },
  scoresFromSums: (sums) => [sums[0]! / sums[1]!, sums[2]! / sums[3]!],
  perExample: ({ examples }, sentences) => [
    Float64Array.from(examples, (example) => Number(isRight(example))),
    Float64Array.from(sentences, ({ isConsistent }) => Number(isConsistent)),
  ],
  explain(example, sentences, place) {
    const whole = sentences[place]!.isConsistent ? "all pairs" : "not all pairs";
    const { parts } = explainClass(example);
    return explanationOf(...parts, { kind: "note", text: `Of its sentence ${whole} of pictures are judged rightly.` });
  },
  signature: () => ({ consistency: "sentence" }),
});

interface Sentence {
  readonly firstPlace: number;
  isConsistent: boolean;
}

/** The sentence of each example; one without a cluster is a sentence by itself. */
function judgeSentences({ examples }: MetricInput): Sentence[] {
  const sentences = new Map<string | number, Sentence>();
  return examples.map((example, place) => {
    const key = example.cluster ?? place;
    const sentence = sentences.get(key) ?? { firstPlace: place, isConsistent: true };
    if (!isRight(example)) sentence.isConsistent = false;
    sentences.set(key, sentence);
    return sentence;
  });
}

function isRight({ prediction, references }: MetricExample): boolean {
  return prediction === references[0];
}
