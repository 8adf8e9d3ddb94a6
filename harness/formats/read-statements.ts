import { type DataFormat, type ReadOptions, recognizeFormat } from "./data-format.js";
import { type FileShape, hasAnyField, hasFields } from "./file-shape.js";
import { checkExamples } from "./ids.js";
import { NLVR2_FORMAT, type Nlvr2Example, readNlvr2, TrueFalse } from "./nlvr2.js";
import type { Recognized } from "./read-captions.js";
import { idOf, requireText, wrongField } from "./row-fields.js";
import { PictureInside, type Row } from "./rows.js";
import { readSplitRows } from "./split-rows.js";

const ID_FIELDS = ["identifier", "uid", "question_id", "id"];
const TEXT_FIELDS = ["sentence", "statement", "question"];
const LABEL_FIELDS = ["label", "answer"];
/** Fields for the left and the right picture. */
const PAIRS = [
  ["left_image", "right_image"],
  ["image0", "image1"],
  ["image_0", "image_1"],
  ["image1", "image2"],
  ["left", "right"],
] as const;

const isPaired = (shape: FileShape) =>
  hasAnyField(shape, TEXT_FIELDS) && (hasFields(shape, "images") || PAIRS.some((pair) => hasFields(shape, ...pair)));

/** The formats that statements about two pictures are read in. */
export const STATEMENT_FORMATS: readonly DataFormat<Nlvr2Example>[] = [
  {
    ...NLVR2_FORMAT,
    matches: (shape) => shape.kind === "lines" && hasFields(shape, "identifier") && !isPaired(shape),
    read: ([shape]) => readNlvr2(shape!.path),
  },
  {
    name: "statements in Parquet",
    task: "nlvr2",
    recognisedBy: "Parquet with `sentence`, `label`, and two columns of pictures: `left_image` and `right_image`",
    example: "identifier, sentence, label, left_image {bytes, path}, right_image {bytes, path}",
    matches: (shape) => shape.kind === "parquet" && isPaired(shape),
    read: readStatementRows,
  },
  {
    name: "a list of statements",
    task: "nlvr2",
    recognisedBy: "JSON records with `sentence`, `label` and two `images`, as LAVIS has them",
    example:
      '[{"sentence": "There is a dog.", "label": "False", "images": ["dev/dev-850-0-img0.png", "dev/dev-850-0-img1.png"]}]',
    matches: isPaired,
    read: readStatementRows,
  },
];

/**
 * Statements about two pictures in any of {@link STATEMENT_FORMATS}.
 * @throws SimvlmError `unknown-format`, and what is wrong with the files
 */
export async function readStatements(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
): Promise<Recognized<Nlvr2Example>> {
  const format = await recognizeFormat(STATEMENT_FORMATS, shapes[0]!, "statements about two pictures");
  return { examples: await format.read(shapes, options), format };
}

/** Without an identifier, statements are called by their numbers from 0, and each is a group of its own. */
async function readStatementRows(shapes: readonly FileShape[], options: ReadOptions): Promise<Nlvr2Example[]> {
  const examples: Nlvr2Example[] = [];
  for await (const row of readSplitRows(shapes, options)) {
    const id = idOf(row, ID_FIELDS) ?? String(examples.length);
    const [set, number] = [/^(\w+-\w+)-\w+-(\w+)$/.exec(id)?.[1], id.slice(id.lastIndexOf("-") + 1)];
    examples.push({
      id,
      sentence: requireText(row, TEXT_FIELDS),
      ...picturesOf(row),
      label: labelOf(row),
      sentenceGroup: set === undefined ? id : `${set}-${number}`,
    });
  }
  return checkExamples(examples, shapes.map(({ path }) => path).join(", "));
}

function picturesOf(row: Row): Pick<Nlvr2Example, "images" | "isInside"> {
  const { images } = row.fields;
  const pair = PAIRS.find((names) => names.every((name) => row.fields[name] !== undefined));
  const [left, right, more] = Array.isArray(images) ? images : (pair?.map((name) => row.fields[name]) ?? []);
  if (left instanceof PictureInside && right instanceof PictureInside) {
    return { images: [left.place, right.place], isInside: true };
  }
  if (typeof left === "string" && typeof right === "string" && more === undefined) return { images: [left, right] };
  throw wrongField(row, pair?.[0] ?? "images", "the left and the right picture", images);
}

function labelOf(row: Row): boolean {
  const name = LABEL_FIELDS.find((field) => row.fields[field] !== undefined) ?? "label";
  const value = row.fields[name];
  const label = TrueFalse.safeParse(value === 0 || value === 1 ? value === 1 : value);
  if (label.success) return label.data;
  throw wrongField(row, name, "True or False", value);
}
