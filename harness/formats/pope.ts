import type { DataFormat } from "./data-format.js";
import { hasAnyField, hasFields } from "./file-shape.js";
import { readQuestionRows } from "./question-rows.js";
import type { VqaExample } from "./vqa.js";

/** The hub's has its three sets in one, as a category of each question. */
const rows: Pick<DataFormat<VqaExample>, "task" | "read"> = {
  task: "pope",
  read: (shapes, options) => readQuestionRows(shapes, options, ["category"]),
};

/** The formats that POPE's questions are read in; the first that matches counts. */
export const POPE_FORMATS: readonly DataFormat<VqaExample>[] = [
  {
    ...rows,
    name: "POPE",
    recognisedBy: "JSON lines, or a list, of records with `image`, `text` and `label`",
    example:
      '{"question_id": 1, "image": "COCO_val2014_000000310196.jpg", "text": "Is there a snowboard in the image?", "label": "yes"}',
    isOfficial: true,
    matches: (shape) => hasFields(shape, "text", "label"),
  },
  {
    ...rows,
    name: "yes-or-no questions in records of other names",
    recognisedBy: "JSON records, a table or Parquet with `question` and `answer`, as lmms-eval has them",
    example: "id, question_id, question, answer, image_source, image {bytes, path}, category",
    matches: (shape) => hasFields(shape, "question") && hasAnyField(shape, ["answer", "label"]),
  },
];
