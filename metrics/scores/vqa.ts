import { SimvlmError } from "../error.js";
import { formatSignature, type MetricResult, meanResult } from "../metric.js";
import { roundDecimals } from "../statistics/rounding.js";
import { cleanAnswer, normalizeAnswer } from "../text/answer.js";

/** One person's answer as the annotations file has it; fields beside `answer` only tell answers apart. */
export interface HumanAnswer {
  readonly answer: string;
  readonly answer_id?: unknown;
}

/** A question with its human answers. */
export interface AnsweredQuestion {
  readonly answers: readonly HumanAnswer[];
  /** Such as `what color is the`; absent in some sets. */
  readonly questionType?: string | undefined;
  /** `yes/no`, `number` or `other`; absent in some sets. */
  readonly answerType?: string | undefined;
  /** Questions of one image are resampled together. */
  readonly imageId?: string | number | undefined;
}

export interface VqaResult extends MetricResult<"accuracy"> {
  /** Accuracy in percent by answer type and by question type, rounded as the official code rounds. */
  readonly perAnswerType: Readonly<Record<string, number>>;
  readonly perQuestionType: Readonly<Record<string, number>>;
}

const DECIMALS = 2;

/**
 * VQA accuracy as the official evaluation (GT-Vision-Lab/VQA) computes it: for each human answer, min(1, agreeing
 * others / 3), averaged. Answers are normalised only where the people did not all give the same one; else the
 * prediction must be that very string.
 *
 * @param predictions one answer a question
 * @returns scores in percent, rounded to two decimals; per example unrounded, 0 to 100
 * @throws SimvlmError `length-mismatch`, or `no-references` for a question without answers
 */
export function vqaAccuracy(predictions: readonly string[], questions: readonly AnsweredQuestion[]): VqaResult {
  if (predictions.length !== questions.length) {
    throw new SimvlmError(
      "length-mismatch",
      `${predictions.length} predictions but ${questions.length} questions: there must be one prediction a question`,
    );
  }
  const accuracies = new Float64Array(predictions.length);
  for (let i = 0; i < accuracies.length; i++) accuracies[i] = questionAccuracy(predictions[i]!, questions[i]!, i);
  const percent = accuracies.map((accuracy) => 100 * accuracy);
  const imageNumbers = numberImages(questions);
  const signature = formatSignature("VQA-accuracy", { eval: "a013f00", normalisation: "unless-unanimous" });
  const mean = meanResult("VQA accuracy", "accuracy", percent, signature, imageNumbers);
  return {
    ...mean,
    scores: { accuracy: percentOf(accuracies) },
    perAnswerType: byType(accuracies, questions, "answerType"),
    perQuestionType: byType(accuracies, questions, "questionType"),
  };
}

function questionAccuracy(prediction: string, { answers }: AnsweredQuestion, index: number): number {
  if (answers.length === 0) {
    throw new SimvlmError(
      "no-references",
      `question ${index + 1} has no answers: give it at least one, or leave it out`,
    );
  }
  const forms = answers.map(formsOf);
  const first = forms[0]!.cleaned;
  const form = forms.every(({ cleaned }) => cleaned === first) ? "cleaned" : "normalized";
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

function numberImages(questions: readonly AnsweredQuestion[]): Int32Array {
  const numbers = new Map<string | number, number>();
  let next = 0;
  return Int32Array.from(questions, ({ imageId }) => {
    if (imageId === undefined) return next++;
    let number = numbers.get(imageId);
    if (number === undefined) {
      number = next++;
      numbers.set(imageId, number);
    }
    return number;
  });
}

function byType(
  accuracies: Float64Array,
  questions: readonly AnsweredQuestion[],
  field: "answerType" | "questionType",
): Record<string, number> {
  const groups = new Map<string, number[]>();
  for (const [i, { [field]: type }] of questions.entries()) {
    if (type === undefined) continue;
    const group = groups.get(type);
    if (group) group.push(accuracies[i]!);
    else groups.set(type, [accuracies[i]!]);
  }
  return Object.fromEntries([...groups].map(([type, values]) => [type, percentOf(values)]));
}

/** The official code's order of operations: a plain sum, times 100, divided, rounded. */
function percentOf(accuracies: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < accuracies.length; i++) sum += accuracies[i]!;
  return roundDecimals((100 * sum) / accuracies.length, DECIMALS);
}
