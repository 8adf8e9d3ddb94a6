import { SimvlmError } from "@simvlm/metrics";
import type { ReadOptions } from "./data-format.js";
import type { DataRecord, FileShape } from "./file-shape.js";
import { checkExamples } from "./ids.js";
import { listOf } from "./list-text.js";
import { DOMAINS, type NocapsExample } from "./nocaps.js";
import { baseName, firstField, idOf, PICTURE_FIELDS, pictureOf, type RowPicture, wrongField } from "./row-fields.js";
import { PictureInside, type Row } from "./rows.js";
import { readSplitRows } from "./split-rows.js";

/** Fields that hold captions, by what data sets call them; the first that a record has counts. */
export const CAPTION_FIELDS = [
  ...["captions", "caption", "sentences", "annotations_captions", "references"],
  ...["answers", "answer", "comment", "text", "raw"],
];
/** Fields that say which image it is, whatever the record is called. */
const OWN_IDS = ["image_id", "cocoid"];
/** Fields that say so where nothing else does. `imgid` and `img_id` may be no more than a number in a list. */
const ID_FIELDS = ["id", "filename", "file_name", "img_id", "imgid", "question_id"];
/** Of an item in a list of captions. */
const TEXT_FIELDS = ["raw", "caption", "text", "sentence"];

/**
 * Captions in records of whatever names: Karpathy's splits, LAVIS's lists, tables, and Parquet of the Hugging Face hub.
 * Records of one image, a caption each, become one example.
 * @returns one example an image, in the order of first mention
 * @throws SimvlmError `wrong-schema`, `missing-split`, `empty-file`, and what reading the file throws
 */
export async function readCaptionRows(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
): Promise<NocapsExample[]> {
  const examples = new Map<string, NocapsExample>();
  let count = 0;
  for await (const row of readSplitRows(shapes, options)) {
    if (isAnswer(row.fields)) throw answersForCaptions(row);
    const picture = pictureOf(row);
    const id =
      idOf(row, OWN_IDS) ?? keyOf(row, picture, count) ?? idOf(row, ID_FIELDS) ?? nameId(picture.name) ?? String(count);
    count++;
    const captions = captionsOf(row);
    const known = examples.get(id);
    if (known) known.references.push(...captions);
    else {
      const domain = DOMAINS.find((one) => one === row.fields.domain);
      examples.set(id, {
        id,
        ...(picture.place === undefined ? { file: picture.name } : { inside: picture.place }),
        references: captions,
        ...(domain && { domain }),
      });
    }
  }
  return checkExamples([...examples.values()], shapes.map(({ path }) => path).join(", "));
}

function answersForCaptions({ where }: Row): SimvlmError {
  return new SimvlmError(
    "wrong-schema",
    `${where}: an answer to a question, and no caption. Questions and answers are data of the task vqa.`,
  );
}

/** Whether the records have captions, or pictures to be captioned. */
export function holdsCaptions({ record }: FileShape): boolean {
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(record, name));
  return has(CAPTION_FIELDS) && !isAnswer(record) && has([...OWN_IDS, ...ID_FIELDS, ...PICTURE_FIELDS]);
}

/**
 * Whether what could be captions are the answers to questions. Some sets keep captions as answers, but ask nothing else
 * than to describe the picture.
 */
function isAnswer(record: DataRecord): boolean {
  const name = CAPTION_FIELDS.find((one) => Object.hasOwn(record, one));
  if (name !== "answers" && name !== "answer") return false;
  const { question } = record;
  const isTyped = ["question_type", "answer_type", "multiple_choice_answer"].some((one) => Object.hasOwn(record, one));
  return (
    isTyped || !Object.hasOwn(record, "question") || (typeof question === "string" && !/capti|descri/i.test(question))
  );
}

/** A key that only counts the records, as pandas' does, is no name of a picture that has another. */
function keyOf({ key }: Row, { name, place }: RowPicture, count: number): string | undefined {
  const isCount = key === String(count) && (name ?? place) !== undefined;
  return isCount ? undefined : key;
}

const COCO_NAME = /^COCO_[a-z]+\d{4}_0*(\d+)\.\w+$/;

/** Lists that name pictures only mean COCO's numbers, where it is one of COCO's pictures. */
function nameId(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return COCO_NAME.exec(baseName(name))?.[1] ?? baseName(name);
}

function captionsOf(row: Row): string[] {
  const found = firstField(row, CAPTION_FIELDS);
  if (!found || found.value instanceof PictureInside) return [];
  const { name, value } = found;
  const items: readonly unknown[] = listOf(value);
  return items.map((item) => {
    const text =
      typeof item === "object" && item !== null ? firstField({ ...row, fields: { ...item } }, TEXT_FIELDS) : undefined;
    const caption = text ? text.value : item;
    if (typeof caption === "string") return caption;
    throw wrongField(row, name, "a caption, or a list of them", value);
  });
}
