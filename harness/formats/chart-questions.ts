import type { DataFormat } from "./data-format.js";
import { hasAnyField, hasFields } from "./file-shape.js";
import { readQuestionRows } from "./question-rows.js";
import type { VqaExample } from "./vqa.js";

const QUESTION_FIELDS = ["query", "question"];
const ANSWER_FIELDS = ["label", "answer", "answers"];

/** ChartQA's questions are asked by people, or made by a model. */
const rows: Pick<DataFormat<VqaExample>, "task" | "read"> = {
  task: "chartqa",
  read: (shapes, options) => readQuestionRows(shapes, options, ["type", "human_or_machine"]),
};

/** The formats that questions about charts are read in; the first that matches counts. */
export const CHART_QUESTION_FORMATS: readonly DataFormat<VqaExample>[] = [
  {
    ...rows,
    name: "ChartQA",
    recognisedBy: "records with `imgname`, `query` and `label`",
    example: '[{"imgname": "41699051005347.png", "query": "How many food items are shown?", "label": "14"}]',
    isOfficial: true,
    matches: (shape) => hasFields(shape, "imgname", "query"),
  },
  {
    ...rows,
    name: "questions about charts in records of other names",
    recognisedBy: "JSON records, a table or Parquet with `question` or `query`, and `answer` or `label`",
    example: "image,question,answer,type",
    matches: (shape) => hasAnyField(shape, QUESTION_FIELDS) && hasAnyField(shape, ANSWER_FIELDS),
  },
];
