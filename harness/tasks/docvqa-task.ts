import { anlsMetrics } from "@simvlm/metrics";
import { DOCUMENT_QUESTION_FORMATS } from "../formats/document-questions.js";
import { officialId } from "../formats/ids.js";
import { formatJsonResults, readDocumentResults } from "../formats/results.js";
import { defineQuestionTask } from "./question-task.js";

/** Questions about documents, infographics and texts in scenes: DocVQA, InfographicVQA, ST-VQA. */
export const docvqaTask = defineQuestionTask({
  name: "docvqa",
  files: [
    ...["SPLIT_v1.0_withQT.json", "SPLIT_v1.0.json", "infographicsVQA_SPLIT_v1.0_withQT.json"],
    ...["infographicsVQA_SPLIT_v1.0.json", "SPLIT_task_3.json", "SPLIT.json", "SPLIT.jsonl", "SPLIT.csv", "SPLIT.tsv"],
  ],
  formats: DOCUMENT_QUESTION_FORMATS,
  what: "questions about documents",
  maxLength: 30,
  instruct: ({ prefix = "" }) =>
    `${prefix}\nAnswer with a word or phrase as it stands in the picture, and nothing else.`,
  formatResults: (predictions) =>
    formatJsonResults(predictions, ({ id, prediction }) => ({ questionId: officialId(id), answer: prediction })),
  readResults: async (path, options) =>
    (await readDocumentResults(path, options)).map(({ id, answer }) => ({ id, prediction: answer })),
  metrics: anlsMetrics.slice(0, 1),
  furtherMetrics: anlsMetrics.slice(1),
  mainScore: "ANLS",
});
