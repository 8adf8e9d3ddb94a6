import type { ReadOptions } from "./data-format.js";
import type { FileShape } from "./file-shape.js";
import { checkExamples } from "./ids.js";
import { listOf } from "./list-text.js";
import { baseName, firstField, idOf, PICTURE_FIELDS, pictureOf, requireText, wrongField } from "./row-fields.js";
import { PictureInside, type Row } from "./rows.js";
import { readSplitRows } from "./split-rows.js";
import type { VqaAnswer, VqaExample } from "./vqa.js";

/** Fields that say which question it is, whatever the record is called; and one that says so where nothing else does. */
const [OWN_IDS, OTHER_ID] = [["question_id", "questionId", "qid"], ["id"]];
/** Fields that hold answers, by what data sets call them; the first that a record has counts. */
const ANSWER_FIELDS = ["answers", "direct_answers", "answer", "multiple_choice_answer", "label"];
const QUESTION_FIELDS = ["question", "query", "text"];
const IMAGE_IDS = ["image_id", "imageId", "img_id"];
/** Of fewer answers, the formula for those of ten people calls none entirely right: each is right by itself then. */
const FEWEST_PEOPLE = 4;

/**
 * Questions in records of whatever names: VizWiz, TextVQA, A-OKVQA, GQA, LAVIS's lists, tables, and Parquet of the
 * Hugging Face hub.
 * @param kinds the fields that may say of which type a question is
 * @returns one example a record. One that has no id is called by its picture, where no other question is about it, else
 *   by its number from 0.
 * @throws SimvlmError `wrong-schema`, `missing-split`, `empty-file`, `duplicate-id`, and what reading the file throws
 */
export async function readQuestionRows(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
  kinds: readonly string[] = ["question_type"],
): Promise<VqaExample[]> {
  const examples: VqaExample[] = [];
  let isNamed = true;
  for await (const row of readSplitRows(shapes, options)) {
    const id = idOf(row, OWN_IDS) ?? row.key ?? idOf(row, OTHER_ID);
    isNamed &&= id !== undefined;
    examples.push({ ...toExample(row, kinds), id: id ?? String(examples.length) });
  }
  const path = shapes.map((shape) => shape.path).join(", ");
  return checkExamples(isNamed ? examples : callByPicture(examples), path);
}

/** Whether the records are questions about pictures. */
export function holdsQuestions({ record }: FileShape): boolean {
  return (
    Object.hasOwn(record, "question") && [...PICTURE_FIELDS, ...IMAGE_IDS].some((name) => Object.hasOwn(record, name))
  );
}

function toExample(row: Row, kinds: readonly string[]): Omit<VqaExample, "id"> {
  const picture = pictureOf(row);
  const imageId = idOf(row, IMAGE_IDS) ?? picture.name;
  return {
    imageId,
    ...(picture.place === undefined ? { file: picture.name ?? pictureName(imageId) } : { inside: picture.place }),
    question: requireText(row, QUESTION_FIELDS),
    answers: answersOf(row),
    questionType: kindOf(row, kinds),
    answerType: textOf(row, ["answer_type"]),
  };
}

/** TextVQA and GQA name pictures without their ending; numbers are COCO's, whose names depend on the split. */
function pictureName(imageId: string | undefined): string | undefined {
  if (imageId === undefined) return undefined;
  if (/^\d+$/.test(imageId)) return `${imageId.padStart(12, "0")}.jpg`;
  return /\.\w{3,4}$/.test(imageId) ? imageId : `${imageId}.jpg`;
}

/** One kind, or several that a record names together, as DocVQA has them. */
function kindOf(row: Row, names: readonly string[]): string | undefined {
  const kinds = listOf(firstField(row, names)?.value).filter((kind) => typeof kind === "string");
  return kinds.length > 0 ? kinds.join(", ") : undefined;
}

function textOf(row: Row, names: readonly string[]): string | undefined {
  const value = firstField(row, names)?.value;
  return typeof value === "string" ? value : undefined;
}

function answersOf(row: Row): VqaAnswer[] {
  const found = firstField(row, ANSWER_FIELDS);
  if (!found || found.value instanceof PictureInside || found.value === "") return [];
  const items: readonly unknown[] = listOf(found.value);
  const records = items.map((item) => {
    const record = typeof item === "object" && item !== null ? { ...item } : { answer: item };
    const answer = "answer" in record ? record.answer : undefined;
    if (typeof answer !== "string" && typeof answer !== "number" && typeof answer !== "boolean") {
      throw wrongField(row, found.name, "an answer, or a list of them", found.value);
    }
    return { ...record, answer: String(answer) };
  });
  if (records.length < FEWEST_PEOPLE) return records.map((record) => ({ ...record, alone: true }));
  // VizWiz's own evaluation tells answers apart by their places, too
  return records.map((record, i) => ({ answer_id: i + 1, ...record }));
}

function callByPicture(examples: readonly VqaExample[]): VqaExample[] {
  const names = new Set(examples.map(({ file }) => file));
  if (names.has(undefined) || names.size < examples.length) return [...examples];
  return examples.map((example) => ({ ...example, id: baseName(example.file!) }));
}
