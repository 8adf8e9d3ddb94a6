import { choiceLetter } from "@simvlm/metrics";
import { z } from "zod";
import { parseJson } from "../files/parse-json.js";
import type { DataFormat, ReadOptions } from "./data-format.js";
import { type FileShape, hasAnyField, hasFields } from "./file-shape.js";
import { checkExamples } from "./ids.js";
import { firstField, idOf, PICTURE_FIELDS, pictureOf, requireText, wrongField } from "./row-fields.js";
import type { Row } from "./rows.js";
import { readSplitRows } from "./split-rows.js";
import type { VqaExample } from "./vqa.js";

/** A question with the answers to choose from. */
export interface ChoiceExample extends Pick<VqaExample, "id" | "imageId" | "file" | "inside" | "question" | "answers"> {
  /** The options' texts; the first is A. */
  readonly choices: readonly string[];
  /** What is to be known beside the picture. */
  readonly hint?: string | undefined;
  readonly questionType?: string | undefined;
}

const ID_FIELDS = ["index", "Index", "question_id", "id"];
const QUESTION_FIELDS = ["question", "Question"];
const LIST_FIELDS = ["choices", "options", "Options"];
const ANSWER_FIELDS = ["answer", "Correct Answer", "correct_choice_idx", "correct_answer", "label"];
const LETTERS = Array.from({ length: 26 }, (_, place) => choiceLetter(place));

const Texts = z.array(z.string()).describe("the options: a JSON list of texts");

const isChoice = (shape: FileShape) =>
  hasAnyField(shape, QUESTION_FIELDS) && (hasFields(shape, "A", "B") || hasAnyField(shape, LIST_FIELDS));

const rows = { task: "multiple-choice", read: readChoiceRows } as const;

/** The formats that multiple-choice questions are read in; the first that matches counts. */
export const CHOICE_FORMATS: readonly DataFormat<ChoiceExample>[] = [
  {
    ...rows,
    name: "MMVP's questions",
    recognisedBy: "a table with `Question`, `Options` and `Correct Answer`; pictures are called by `Index`",
    example: "Index,Question,Options,Correct Answer",
    isOfficial: true,
    matches: (shape) => shape.kind === "table" && hasFields(shape, "Question", "Options"),
  },
  {
    ...rows,
    name: "VLMEvalKit's multiple-choice tables",
    recognisedBy: "a table with `question`, `A`, `B` and so on, and `answer`, with commas or tabs",
    example: "index,question,A,B,C,D,answer,category,image_path",
    isOfficial: true,
    matches: (shape) => shape.kind === "table" && isChoice(shape),
  },
  {
    ...rows,
    name: "multiple-choice questions in records",
    recognisedBy: "JSON records or Parquet with `question`, and `choices`, `options`, or `A`, `B` and so on",
    example: '{"id": 1, "image": "1.jpg", "question": "…", "choices": ["a bus", "two dogs"], "answer": 1}',
    matches: isChoice,
  },
];

/** @throws SimvlmError `wrong-schema`, `missing-split`, `empty-file`, `duplicate-id`, and what reading the file throws */
async function readChoiceRows(shapes: readonly FileShape[], options: ReadOptions): Promise<ChoiceExample[]> {
  const examples: ChoiceExample[] = [];
  for await (const row of readSplitRows(shapes, options)) {
    const id = row.key ?? idOf(row, ID_FIELDS) ?? String(examples.length);
    const choices = choicesOf(row);
    const picture = pictureOf(row, ["image_path", ...PICTURE_FIELDS]);
    const name = isFileName(picture.name) ? picture.name : row.fields.Index === undefined ? undefined : `${id}.jpg`;
    examples.push({
      id,
      imageId: name,
      ...(picture.place === undefined ? { file: name } : { inside: picture.place }),
      question: requireText(row, QUESTION_FIELDS),
      choices,
      answers: answerOf(row, choices),
      hint: textOf(row, "hint"),
      questionType: textOf(row, "category"),
    });
  }
  return checkExamples(examples, shapes.map(({ path }) => path).join(", "));
}

/** VLMEvalKit's tables hold pictures as base64, which names no file. */
function isFileName(name: string | undefined): name is string {
  return name !== undefined && /^.{1,250}\.\w{3,4}$/.test(name);
}

function textOf({ fields }: Row, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" && value !== "nan" ? value : undefined;
}

function choicesOf(row: Row): string[] {
  const found = firstField(row, LIST_FIELDS);
  const texts: readonly unknown[] = found ? listChoices(found.value, row.where) : takeWhileGiven(row);
  if (texts.length >= 2 && texts.length <= LETTERS.length && texts.every((text) => typeof text === "string")) {
    return texts.map((text) => String(text).trim());
  }
  throw wrongField(row, found?.name ?? "A", "two options or more, each a text", found?.value);
}

function takeWhileGiven({ fields }: Row): unknown[] {
  const given = LETTERS.map((letter) => fields[letter]);
  const end = given.findIndex((text) => text === undefined || text === null || text === "");
  return given.slice(0, end < 0 ? given.length : end);
}

/** A list as it is, also written as JSON; or MMVP's `(a) Open (b) Closed`. */
function listChoices(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const text = String(value);
  const parts = text.split(/\([a-z]\)/i).slice(1);
  if (parts.length > 0) return parts;
  return text.startsWith("[") ? parseJson(text, where, Texts) : [];
}

/** The right letter, whether it is said as such, by the option's place from 0 or by its text; none where nobody knows. */
function answerOf(row: Row, choices: readonly string[]): VqaExample["answers"] {
  const found = firstField(row, ANSWER_FIELDS);
  if (!found || found.value === "") return [];
  const said = String(found.value).trim();
  const letter = /^\(?([a-z])\)?\.?$/i.exec(said)?.[1]?.toUpperCase();
  const byText = choices.indexOf(said);
  const isPlace = typeof found.value === "number" || found.name === "correct_choice_idx";
  const place = isPlace ? Number(said) : letter === undefined ? byText : LETTERS.indexOf(letter);
  if (choices[place] !== undefined) return [{ answer: choiceLetter(place) }];
  throw wrongField(row, found.name, `one of the ${choices.length} options`, found.value);
}
