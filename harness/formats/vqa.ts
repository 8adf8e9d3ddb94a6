import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { fileInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { arrayOfMany, isOptionalText } from "../files/schema.js";
import type { ImageOptions } from "./captions.js";
import type { FormatDescription } from "./format.js";
import { checkExamples, Id, isId } from "./ids.js";

/**
 * One person's answer, the record of the file itself: the official accuracy leaves out of the comparison the answers
 * whose records equal this one in every field. Only `answer` is checked.
 */
export interface VqaAnswer {
  answer: string;
  answer_confidence?: string;
  answer_id?: number;
  /** OK-VQA: the answer before it was stemmed. */
  raw_answer?: string;
  /** It is right by itself: the data set does not ask several people. */
  alone?: boolean;
}

/** A question about an image, with what people answered. */
export interface VqaExample {
  /** The question's id. */
  id: string;
  /** Absent if only the questions file has it and that was not given. */
  imageId?: string | undefined;
  /** The image file, below the image folder if that was given. Absent without `imageId` or `data_subtype`. */
  file?: string | undefined;
  /** Where the image lies in the data file itself, as Parquet may hold it. */
  inside?: string | undefined;
  /** Absent without a questions file. */
  question?: string | undefined;
  /** Ten, as a rule; none without an annotations file. */
  answers: VqaAnswer[];
  questionType?: string | undefined;
  answerType?: string | undefined;
}

/** Annotations alone are enough to score, questions alone to predict. */
export type VqaFiles =
  | { annotations: string; questions?: string | undefined }
  | { annotations?: undefined; questions: string };

const Annotation = z.object({
  question_id: Id,
  image_id: Id.optional(),
  question_type: z.string().optional(),
  answer_type: z.string().optional(),
  answers: z.array(z.looseObject({ answer: z.union([z.string(), z.number()], "expected a text or a number") })),
});
type Annotation = z.output<typeof Annotation>;

const Annotations = arrayOfMany(
  Annotation,
  (annotation) =>
    isId(annotation?.question_id) &&
    (annotation?.image_id === undefined || isId(annotation.image_id)) &&
    isOptionalText(annotation?.question_type) &&
    isOptionalText(annotation?.answer_type) &&
    areAnswers(annotation?.answers),
);

function areAnswers(answers: unknown): boolean {
  return Array.isArray(answers) && answers.every((answer) => ["string", "number"].includes(typeof answer?.answer));
}

const AnnotationsFile = z
  .object({ data_subtype: z.string().optional(), annotations: Annotations })
  .describe("a VQA annotations file: {annotations: [{question_id, image_id, answers: [{answer}]}]}");

const QuestionsFile = z
  .object({
    data_subtype: z.string().optional(),
    questions: z.array(z.object({ question_id: Id, image_id: Id, question: z.string() })),
  })
  .describe("a VQA questions file: {questions: [{question_id, image_id, question}]}");

/** See {@link FormatDescription}. */
export const VQA_FORMAT: FormatDescription = {
  name: "VQA v2, OK-VQA, and VizWiz in their form",
  task: "vqa",
  recognisedBy: "an object with `annotations` that have `question_id` and `answers`, or with `questions`",
  example: '{"annotations": [{"question_id": 262148000, "image_id": 262148, "answers": [{"answer": "down"}]}]}',
};

/**
 * VQA v2, OK-VQA, and VizWiz in VQA form.
 *
 * @returns one example an annotation, in the order of that file, then one a question that has none: it has no answers
 * @throws SimvlmError what {@link readJson} throws, `unknown-question`, `unsafe-path`, `empty-file`, `duplicate-id`
 */
export async function readVqa(files: VqaFiles, options: ImageOptions = {}): Promise<VqaExample[]> {
  const [annotated, asked] = await Promise.all([
    files.annotations === undefined ? undefined : readJson(files.annotations, AnnotationsFile),
    files.questions === undefined ? undefined : readJson(files.questions, QuestionsFile),
  ]);
  const path = files.annotations ?? files.questions;
  const subset = (asked?.data_subtype ?? annotated?.data_subtype)?.replace("test-dev", "test");
  const questions = new Map(asked?.questions.map((question) => [String(question.question_id), question]));
  if (annotated) requireSome(annotated.annotations, path!);
  const answered = new Set(annotated?.annotations.map(({ question_id }) => String(question_id)));
  const unanswered = (asked?.questions ?? []).filter(({ question_id }) => !answered.has(String(question_id)));
  const annotations: Annotation[] = [
    ...(annotated?.annotations ?? []),
    ...unanswered.map(({ question_id }) => ({ question_id, answers: [] })),
  ];

  const examples = annotations.map((annotation): VqaExample => {
    const { question_type: questionType, answer_type: answerType } = annotation;
    const answers = annotation.answers.map(withText);
    const id = String(annotation.question_id);
    const asking = questions.get(id);
    if (asked && !asking) {
      throw new SimvlmError(
        "unknown-question",
        `${path}: question ${id} is not in ${files.questions}. Give the questions file of the same split.`,
      );
    }
    const image = annotation.image_id ?? asking?.image_id;
    const imageId = image === undefined ? undefined : String(image);
    const name = imageId === undefined ? undefined : imageName(imageId, subset);
    const file = name === undefined ? undefined : fileInside(options.imageRoot, name, `${path}: question ${id}`);
    return { id, imageId, file, question: asking?.question, answers, questionType, answerType };
  });
  return checkExamples(examples, path!);
}

/** The record itself, unless the answer is a number that nobody made a text. */
function withText(record: Annotation["answers"][number]): VqaAnswer {
  return isText(record) ? record : { ...record, answer: String(record.answer) };
}

function isText(record: { readonly answer: unknown }): record is VqaAnswer {
  return typeof record.answer === "string";
}

function requireSome(annotations: readonly Annotation[], path: string): void {
  if (annotations.length === 0) checkExamples([], path);
}

/** COCO's images are named by subset and number (test-dev's are test's); VizWiz's id is the name. */
function imageName(imageId: string, subset: string | undefined): string | undefined {
  if (!/^\d+$/.test(imageId)) return imageId;
  return subset ? `COCO_${subset}_${imageId.padStart(12, "0")}.jpg` : undefined;
}

const AnswerList = z.array(z.string()).min(1).describe("a JSON array of answers");

/** The answers a classifier chooses from, in the order of its classes: `trainval_label2ans.json`. */
export async function readAnswerList(path: string): Promise<string[]> {
  return readJson(path, AnswerList);
}
