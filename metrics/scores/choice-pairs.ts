import { defineMetric } from "../definition.js";
import { explanationOf } from "../explanation.js";
import type { MetricExample, MetricInput } from "../input.js";
import { readChoice } from "./multiple-choice.js";

/** The questions of one pair, by their places. */
interface Pair {
  readonly first: number;
  isRight: boolean;
}

/** MMVP's pairs: the questions 1 and 2, 3 and 4, and so on (0 and 1 where they are counted from 0); else by their places. */
function pairQuestions({ examples }: MetricInput): Pair[] {
  const isNumbered = examples.every(({ id }) => /^\d+$/.test(id));
  const start = examples.some(({ id }) => id === "0") ? 0 : 1;
  const pairs = new Map<number, Pair>();
  return examples.map((example, place) => {
    const number = Math.floor((isNumbered ? Number(example.id) - start : place) / 2);
    const pair = pairs.get(number) ?? { first: place, isRight: true };
    if (!isRight(example)) pair.isRight = false;
    pairs.set(number, pair);
    return pair;
  });
}

/** Of so many pairs in a hundred the options are the same and the right answers are not, where questions stand in pairs. */
const LEAST_PAIRED = 90;

/** Whether two questions follow each other everywhere, with the same options and another right answer, as in MMVP. */
function areInPairs(input: MetricInput): boolean {
  const pairs = new Map<Pair, MetricExample[]>();
  for (const [place, pair] of pairQuestions(input).entries()) {
    pairs.set(pair, [...(pairs.get(pair) ?? []), input.examples[place]!]);
  }
  const paired = [...pairs.values()].filter(([one, two, ...more]) => two && more.length === 0 && isPaired(one!, two));
  return 100 * paired.length >= LEAST_PAIRED * pairs.size;
}

function isPaired(one: MetricExample, two: MetricExample): boolean {
  const optionsOf = ({ choices = [] }: MetricExample) =>
    choices
      .map((choice) => choice.toLowerCase())
      .sort()
      .join("\n");
  return optionsOf(one) === optionsOf(two) && answerOf(one) !== answerOf(two);
}

/** The text of the right option: the same options may stand in another order. */
function answerOf({ references, choices = [] }: MetricExample): string | undefined {
  return choices[(references[0] ?? "").charCodeAt(0) - "A".charCodeAt(0)]?.toLowerCase();
}

function isRight({ prediction, references, choices = [] }: MetricExample): boolean {
  return readChoice(prediction, choices) === references[0];
}

/** MMVP's score (Tong et al. 2024): the share of pairs of questions both of which are answered right. */
export const choicePairsMetric = defineMetric({
  name: "multiple-choice-pairs",
  title: "multiple choice, pairs",
  range: [0, 1],
  scores: ["pair_accuracy"],
  columns: ["pairs right", "pairs"],
  unsuited: (input) =>
    areInPairs(input)
      ? undefined
      : "The questions do not stand in pairs, which have the same options and different right answers.",
  prepare: pairQuestions,
  // a pair stands in the row of its first question
  statistics: (_, pairs, place) => {
    const { first, isRight } = pairs[place]!;
    return [Number(first === place && isRight), Number(first === place)];
  },
  clusters: (_, pairs) => Int32Array.from(pairs, ({ first }) => first),
  scoresFromSums: ([right, pairs]) => [pairs === 0 ? 0 : right! / pairs!],
  perExample: (_, pairs) => [Float64Array.from(pairs, ({ isRight }) => Number(isRight))],
  explain: (_, pairs, place) =>
    explanationOf({
      kind: "note",
      text: pairs[place]!.isRight ? "Its pair is right." : "Of its pair, not all answers are right.",
    }),
  signature: () => ({ pairs: "1-2" }),
});
