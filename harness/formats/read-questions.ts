import { type DataFormat, type ReadOptions, recognizeFormat } from "./data-format.js";
import { type FileShape, hasAnyField, hasFields } from "./file-shape.js";
import { holdsQuestions, readQuestionRows } from "./question-rows.js";
import type { Recognized } from "./read-captions.js";
import { readVqa, VQA_FORMAT, type VqaExample } from "./vqa.js";

/** Whether a file is the one of the two that VQA has for the questions, without their answers. */
export function isVqaQuestions(shape: FileShape): boolean {
  return shape.kind === "object" && shape.list === "questions" && !hasAnyField(shape, ["answer", "answers"]);
}

const rows = { task: "vqa", read: readQuestionRows } as const;

/** The formats that questions and answers are read in, in one file each; the first that matches counts. */
export const QUESTION_FORMATS: readonly DataFormat<VqaExample>[] = [
  {
    ...VQA_FORMAT,
    matches: (shape) =>
      isVqaQuestions(shape) ||
      (shape.kind === "object" && shape.list === "annotations" && !hasFields(shape, "caption")),
    read: ([shape]) =>
      isVqaQuestions(shape!) ? readVqa({ questions: shape!.path }) : readVqa({ annotations: shape!.path }),
  },
  {
    ...rows,
    name: "VizWiz's questions",
    recognisedBy: "records with `question`, `answerable`, and the `image` they are about",
    example:
      '[{"image": "VizWiz_val_00000000.jpg", "question": "…", "answers": [{"answer": "can", "answer_confidence": "yes"}], "answerable": 1}]',
    matches: (shape) => holdsQuestions(shape) && hasFields(shape, "answerable"),
  },
  {
    ...rows,
    name: "A-OKVQA",
    recognisedBy: "records with `question` and `direct_answers`",
    example:
      '[{"question_id": "22jbM6gDxdaMaunuzgrsBB", "image_id": 299207, "question": "…", "direct_answers": ["ski", "…"]}]',
    matches: (shape) => shape.kind !== "parquet" && holdsQuestions(shape) && hasFields(shape, "direct_answers"),
  },
  {
    ...rows,
    name: "GQA",
    recognisedBy: "an object of questions by their ids, with `imageId`",
    example: '{"201307251": {"imageId": "n161313", "question": "Is it overcast?", "answer": "no"}}',
    matches: (shape) => hasFields(shape, "question", "imageId"),
  },
  {
    ...rows,
    name: "TextVQA",
    recognisedBy: "an object with `data`: records with `question`, `image_id` and `answers`",
    example:
      '{"data": [{"question_id": 34602, "image_id": "003a8ae2ef43b901", "question": "…", "answers": ["dakota", "…"]}]}',
    matches: (shape) => shape.kind === "object" && hasFields(shape, "question", "image_id"),
  },
  {
    ...rows,
    name: "questions in Parquet",
    recognisedBy: "Parquet with `question`, a picture, and `answers`, `answer` or `direct_answers`",
    example: "image {bytes, path}, question, answers [text]: data/validation-00000-of-00003.parquet",
    matches: (shape) => shape.kind === "parquet" && holdsQuestions(shape),
  },
  {
    ...rows,
    name: "a table of questions",
    recognisedBy: "a first line that names columns: `question`, a picture, and `answer`",
    example: "image,question,answer",
    matches: (shape) => shape.kind === "table" && holdsQuestions(shape),
  },
  {
    ...rows,
    name: "a list of questions",
    recognisedBy:
      "JSON records with `question`, `image` or `image_name`, and `answer` or `answers`, as LAVIS and VQA-RAD have them",
    example:
      '[{"question_id": 262148000, "image": "val2014/COCO_val2014_000000262148.jpg", "question": "…", "answer": ["down", "…"]}]',
    matches: (shape) => holdsQuestions(shape) || hasAnyField(shape, ["question"]),
  },
];

/**
 * Questions in one of {@link QUESTION_FORMATS}, with answers where the file holds some.
 * @param shapes of the files: one, or the shards of a set
 * @throws SimvlmError `unknown-format`, and what is wrong with the files
 */
export async function readQuestions(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
): Promise<Recognized<VqaExample>> {
  const format = await recognizeFormat(QUESTION_FORMATS, shapes[0]!, "questions");
  return { examples: await format.read(shapes, options), format };
}
