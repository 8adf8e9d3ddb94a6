import type { DataFormat } from "./data-format.js";
import { hasAnyField, hasFields } from "./file-shape.js";
import { readQuestionRows } from "./question-rows.js";
import type { VqaExample } from "./vqa.js";

const rows: Pick<DataFormat<VqaExample>, "task" | "read"> = {
  task: "docvqa",
  read: (shapes, options) => readQuestionRows(shapes, options, ["question_types", "question_type"]),
};

/** The formats that questions about documents are read in; the first that matches counts. */
export const DOCUMENT_QUESTION_FORMATS: readonly DataFormat<VqaExample>[] = [
  {
    ...rows,
    name: "DocVQA, InfographicVQA and ST-VQA",
    recognisedBy: "an object with `data`: records with `question`, and `answers` where they are known",
    example:
      '{"dataset_name": "docvqa", "data": [{"questionId": 49153, "question": "…", "image": "documents/pybv0228_81.png", "answers": ["12.5", "12.5%"]}]}',
    isOfficial: true,
    matches: (shape) => shape.kind === "object" && hasFields(shape, "question"),
  },
  {
    ...rows,
    name: "questions about documents in Parquet",
    recognisedBy: "Parquet with `question` and a picture",
    example: "questionId, question, image {bytes, path}, answers [text]",
    matches: (shape) => shape.kind === "parquet" && hasFields(shape, "question"),
  },
  {
    ...rows,
    name: "a list or table of questions about documents",
    recognisedBy: "records with `question`, and `answers` or `answer`",
    example: '[{"questionId": 49153, "image": "documents/pybv0228_81.png", "question": "…", "answers": ["12.5"]}]',
    matches: (shape) => hasFields(shape, "question") && hasAnyField(shape, ["answers", "answer"]),
  },
];
