import { defineMeanMetric } from "../definition.js";
import { SimvlmError } from "../error.js";
import { evaluatePrepared } from "../evaluate.js";
import { type Explanation, explanationOf } from "../explanation.js";
import { groupExamples } from "../groups.js";
import { createMetricInput, type HumanAnswer, type MetricExample, type MetricInput } from "../input.js";
import { type MetricResult, selectExamples } from "../metric.js";
import { roundDecimals } from "../statistics/rounding.js";
import { cleanAnswer, normalizeAnswer } from "../text/answer.js";
import { requireSameLength } from "./same-length.js";

/** A question with its human answers. */
export interface AnsweredQuestion {
  /** What people answered. */
  readonly answers: readonly HumanAnswer[];
  /** Such as `what color is the`; absent in some sets. */
  readonly questionType?: string | undefined;
  /** `yes/no`, `number` or `other`; absent in some sets. */
  readonly answerType?: string | undefined;
  /** Questions of one image are resampled together. */
  readonly imageId?: string | number | undefined;
}

/** VQA accuracy, also by types of answers and questions. */
export interface VqaResult extends MetricResult<"accuracy"> {
  /** Accuracy in percent by answer type, rounded as the official code rounds. */
  readonly perAnswerType: Readonly<Record<string, number>>;
  /** The same by question type. */
  readonly perQuestionType: Readonly<Record<string, number>>;
}

const DECIMALS = 2;

/**
 * VQA accuracy as the official evaluation (GT-Vision-Lab/VQA) computes it: for each human answer, min(1, agreeing
 * others / 3), averaged. Answers are normalised only where the people did not all give the same one; else the
 * prediction must be that very string. Where answers are `alone`, a prediction that is one of them, normalised, is right.
 *
 * @param predictions one answer a question
 * @returns scores in percent, rounded to two decimals; per example unrounded, 0 to 100
 * @throws SimvlmError `length-mismatch`, or `no-references` for a question without answers
 */
export function vqaAccuracy(predictions: readonly string[], questions: readonly AnsweredQuestion[]): VqaResult {
  requireSameLength("predictions", predictions, "questions", questions);
  const examples = questions.map(({ answers, imageId }, i) => ({
    id: `${i + 1}`,
    prediction: predictions[i]!,
    references: answers.map(({ answer }) => answer),
    answers,
    cluster: imageId === undefined ? undefined : String(imageId),
  }));
  const input = createMetricInput(examples);
  const result = evaluatePrepared(vqaAccuracyMetric, input, computeAccuracies(input));
  const scoreTypes = (types: readonly (string | undefined)[]) => {
    const groups = groupExamples(types, "first-seen");
    return Object.fromEntries(groups.map(({ name, rows }) => [name, selectExamples(result, rows).scores.accuracy]));
  };
  return {
    ...result,
    perAnswerType: scoreTypes(questions.map(({ answerType }) => answerType)),
    perQuestionType: scoreTypes(questions.map(({ questionType }) => questionType)),
  };
}

/** {@link vqaAccuracy} as a definition: questions of one image are a cluster. */
export const vqaAccuracyMetric = defineMeanMetric({
  name: "vqa-accuracy",
  range: [0, 100],
  title: "VQA accuracy",
  score: "accuracy",
  needs: ["answers"],
  prepare: computeAccuracies,
  scoreExample: (_, accuracies, place) => 100 * accuracies[place]!,
  explain: explainVotes,
  corpusScores: (_, places, accuracies) => [percentOf(accuracies, places)],
  signature: ({ examples }) => ({
    name: "VQA-accuracy",
    ...(examples.some(({ answers = [] }) => areAlone(answers))
      ? { answers: "each-right", normalisation: "always" }
      : { eval: "a013f00", normalisation: "unless-unanimous" }),
  }),
});

/** How many people gave each answer, as answers are compared, and whether the prediction is it. */
function explainVotes({ prediction, answers = [] }: MetricExample): Explanation {
  const form = formOf(answers);
  const said = formsOf({ answer: prediction })[form];
  const votes = new Map<string, number>();
  for (const answer of answers) {
    const compared = formsOf(answer)[form];
    votes.set(compared, (votes.get(compared) ?? 0) + 1);
  }
  const rows = [...votes]
    .sort(([, a], [, b]) => b - a)
    .map(([answer, people]) => [answer, people, answer === said ? "said" : ""]);
  const agree = votes.get(said) ?? 0;
  const rule = areAlone(answers) ? "each answer is right by itself" : "three others who agree make it right";
  return explanationOf(
    { kind: "terms", columns: ["people's answer", "people", "prediction"], rows, bars: "people" },
    { kind: "note", text: `Compared as "${said}": ${agree} of ${answers.length} say so, and ${rule}.` },
  );
}

/** Answers are normalised unless all people gave the same one. */
function formOf(answers: readonly HumanAnswer[]): keyof AnswerForms {
  if (areAlone(answers)) return "normalized";
  const first = formsOf(answers[0]!).cleaned;
  return answers.every((answer) => formsOf(answer).cleaned === first) ? "cleaned" : "normalized";
}

/** The accuracy of each question, 0 to 1. */
function computeAccuracies({ examples }: MetricInput): Float64Array {
  return Float64Array.from(examples, questionAccuracy);
}

function questionAccuracy({ id, prediction, answers = [] }: MetricExample): number {
  if (answers.length === 0) {
    throw new SimvlmError("no-references", `question ${id} has no answers: give it at least one, or leave it out`);
  }
  const forms = answers.map(formsOf);
  if (areAlone(answers)) {
    const said = formsOf({ answer: prediction }).normalized;
    return forms.some(({ normalized }) => normalized === said) ? 1 : 0;
  }
  const form = formOf(answers);
  const predicted = formsOf({ answer: prediction })[form];
  let agreeing = 0;
  for (const human of forms) if (human[form] === predicted) agreeing++;
  if (agreeing === 0) return 0;
  const isSame = isNumbered(answers) ? undefined : sameRecord(answers, form);
  let sum = 0;
  for (let i = 0; i < forms.length; i++) {
    const agrees = forms[i]![form] === predicted;
    const twins = isSame && agrees ? forms.filter((_, other) => isSame(other, i)).length : Number(agrees);
    sum += Math.min(1, (agreeing - twins) / 3);
  }
  return sum / answers.length;
}

/** Whether each answer is right by itself, as in sets that ask no ten people; only the prediction's spelling is forgiven. */
function areAlone(answers: readonly HumanAnswer[]): boolean {
  return answers.every(({ alone }) => alone === true);
}

/** Whether `answer_id` is 1, 2, 3, …, as in VQA v2, and so tells all answers apart. */
function isNumbered(answers: readonly HumanAnswer[]): boolean {
  return answers.every(({ answer_id: id }, i) => id === i + 1);
}

/**
 * Whether two answers' records are equal in every field. "The other answers" are to the official code those whose record
 * differs, so without `answer_id` (VizWiz) two people who wrote the same do not support each other.
 */
function sameRecord(answers: readonly HumanAnswer[], form: keyof AnswerForms): (a: number, b: number) => boolean {
  const identities = answers.map((answer) => identify(answer, formsOf(answer)[form]));
  return (a, b) => identities[a] === identities[b];
}

function identify(answer: HumanAnswer, normalized: string): string {
  let identity = normalized;
  const fields = Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [field, value] of fields) {
    if (field !== "answer" && value !== undefined) identity += `\0${field}\0${JSON.stringify(value)}`;
  }
  return identity;
}

interface AnswerForms {
  readonly cleaned: string;
  readonly normalized: string;
}

const memo = new Map<string, AnswerForms>();
const MEMO_LIMIT = 100_000;

/** Answers repeat a great deal: ten people, a few thousand words. */
function formsOf({ answer }: HumanAnswer): AnswerForms {
  let forms = memo.get(answer);
  if (forms === undefined) {
    const cleaned = cleanAnswer(answer);
    forms = { cleaned, normalized: normalizeAnswer(cleaned) };
    if (memo.size >= MEMO_LIMIT) memo.clear();
    memo.set(answer, forms);
  }
  return forms;
}

/**
 * The official code's order of operations: a plain sum, times 100, divided, rounded. It begins with accuracies from 0 to
 * 1: sums of percentages differ in their last bit, which decides where a score lies halfway between two decimals.
 */
function percentOf(accuracies: Float64Array, places: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += accuracies[places[i]!]!;
  return roundDecimals((100 * sum) / places.length, DECIMALS);
}
