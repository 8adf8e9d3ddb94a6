import { popeMetrics } from "@simvlm/metrics";
import { officialId } from "../formats/ids.js";
import { POPE_FORMATS } from "../formats/pope.js";
import { readPopeResults } from "../formats/results.js";
import { defineQuestionTask } from "./question-task.js";

/** In the order of their names, in which LLaVA's file has them. */
const SETS = ["adversarial", "popular", "random"];

/** POPE: is there a … in the image? Its splits are `random`, `popular` and `adversarial`; a folder is all of them. */
export const popeTask = defineQuestionTask({
  name: "pope",
  files: [
    ...["coco_pope_SPLIT.json", "coco/coco_pope_SPLIT.json", "aokvqa_pope_SPLIT.json", "gqa_pope_SPLIT.json"],
    ...["pope_SPLIT.json", "SPLIT.json", "SPLIT.jsonl", "SPLIT.csv", "SPLIT.tsv"],
  ],
  formats: POPE_FORMATS,
  sets: SETS,
  what: "yes-or-no questions",
  maxLength: 10,
  instruct: ({ prefix = "" }) => `${prefix}\nAnswer with one word: Yes or No.`,
  formatResults: (predictions) =>
    predictions
      .map(({ id, prediction }) => `${JSON.stringify({ question_id: officialId(id), answer: prediction })}\n`)
      .join(""),
  readResults: async (path, options) =>
    (await readPopeResults(path, options)).map(({ answer, ...rest }) => ({ ...rest, prediction: answer })),
  resultsName: "answers.jsonl",
  metrics: popeMetrics.slice(0, 1),
  furtherMetrics: popeMetrics.slice(1),
  mainScore: "f1",
  groupings: [{ by: "question type", order: ["random", "popular", "adversarial"] }],
});
