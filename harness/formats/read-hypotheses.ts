import { type DataFormat, type ReadOptions, recognizeFormat } from "./data-format.js";
import { type FileShape, hasAnyField, hasFields } from "./file-shape.js";
import type { FormatDescription } from "./format.js";
import { checkExamples } from "./ids.js";
import { firstField, idOf, PICTURE_FIELDS, pictureOf, requireText, wrongField } from "./row-fields.js";
import type { Row } from "./rows.js";
import {
  ESNLI_VE_FORMAT,
  readSnliVe,
  SNLI_VE_FORMAT,
  SNLI_VE_LABELS,
  type SnliVeExample,
  type SnliVeLabel,
  type SnliVeSet,
} from "./snli-ve.js";
import { readSplitRows } from "./split-rows.js";

const TEXT_FIELDS = ["hypothesis", "sentence2", "sentence"];
const PREMISE_FIELDS = ["premise", "sentence1"];
const LABEL_FIELDS = ["label", "gold_label"];

type SetFormat = Omit<DataFormat<SnliVeExample>, "read"> & {
  read(shapes: readonly FileShape[], options: ReadOptions): Promise<SnliVeSet>;
};

const isPictured = (shape: FileShape) =>
  hasAnyField(shape, TEXT_FIELDS) && hasAnyField(shape, LABEL_FIELDS) && hasAnyField(shape, PICTURE_FIELDS);

/** The formats that hypotheses about pictures are read in. */
export const HYPOTHESIS_FORMATS: readonly SetFormat[] = [
  {
    ...SNLI_VE_FORMAT,
    matches: (shape) => shape.kind === "lines" && hasFields(shape, "pairID", "gold_label"),
    read: ([shape]) => readSnliVe(shape!.path),
  },
  {
    ...ESNLI_VE_FORMAT,
    matches: (shape) => shape.kind === "table" && hasFields(shape, "pairID", "gold_label"),
    read: ([shape]) => readSnliVe(shape!.path),
  },
  {
    name: "hypotheses in Parquet",
    task: "snli-ve",
    recognisedBy: "Parquet with a picture, `hypothesis` and `label`",
    example: "image {bytes, path}, premise, hypothesis, label",
    matches: (shape) => shape.kind === "parquet" && isPictured(shape),
    read: readHypothesisRows,
  },
  {
    name: "a list of hypotheses",
    task: "snli-ve",
    recognisedBy: "records with `image`, `sentence` or `hypothesis`, and `label`, as LAVIS has them",
    example: '[{"image": "4564320256.jpg", "sentence": "A woman is sleeping.", "label": "contradiction"}]',
    matches: isPictured,
    read: readHypothesisRows,
  },
];

/**
 * Hypotheses about pictures in any of {@link HYPOTHESIS_FORMATS}.
 * @throws SimvlmError `unknown-format`, and what is wrong with the files
 */
export async function readHypotheses(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
): Promise<{ readonly set: SnliVeSet; readonly format: FormatDescription }> {
  const format = await recognizeFormat(HYPOTHESIS_FORMATS, shapes[0]!, "hypotheses about pictures");
  return { set: await format.read(shapes, options), format };
}

/** Without ids, hypotheses are called by their numbers from 0. */
async function readHypothesisRows(shapes: readonly FileShape[], options: ReadOptions): Promise<SnliVeSet> {
  const set: SnliVeSet = { examples: [], unlabelled: [] };
  let count = 0;
  for await (const row of readSplitRows(shapes, options)) {
    const id = idOf(row, ["pairID", "id"]) ?? String(count);
    count++;
    const label = labelOf(row);
    if (label === undefined) {
      set.unlabelled.push(id);
      continue;
    }
    const { name, place } = pictureOf(row);
    const premise = firstField(row, PREMISE_FIELDS)?.value;
    set.examples.push({
      id,
      ...(place === undefined ? name !== undefined && { file: name } : { inside: place }),
      premise: typeof premise === "string" ? premise : undefined,
      hypothesis: requireText(row, TEXT_FIELDS),
      label,
    });
  }
  checkExamples(set.examples, shapes.map(({ path }) => path).join(", "));
  return set;
}

/** Numbers count the classes, as `datasets` does; undefined where people did not agree. */
function labelOf(row: Row): SnliVeLabel | undefined {
  const found = firstField(row, LABEL_FIELDS);
  const value = typeof found?.value === "number" ? SNLI_VE_LABELS[found.value] : found?.value;
  if (value === "-" || found?.value === -1) return undefined;
  const label = SNLI_VE_LABELS.find((one) => one === value);
  if (label) return label;
  throw wrongField(row, found?.name ?? "label", `one of ${SNLI_VE_LABELS.join(", ")}`, found?.value);
}
