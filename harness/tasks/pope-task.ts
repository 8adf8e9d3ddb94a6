import { popeMetrics } from "@simvlm/metrics";
import { officialId } from "../formats/ids.js";
import { POPE_FORMATS } from "../formats/pope.js";
import { defineQuestionTask } from "./question-task.js";

/** POPE: is there a … in the image? Its splits are `random`, `popular` and `adversarial`. */
export const popeTask = defineQuestionTask({
  name: "pope",
  files: [
    ...["coco_pope_SPLIT.json", "coco/coco_pope_SPLIT.json", "aokvqa_pope_SPLIT.json", "gqa_pope_SPLIT.json"],
    ...["pope_SPLIT.json", "SPLIT.json", "SPLIT.jsonl", "SPLIT.csv", "SPLIT.tsv"],
  ],
  formats: POPE_FORMATS,
  what: "yes-or-no questions",
  maxLength: 10,
  instruct: ({ prefix = "" }) => `${prefix}\nAnswer with one word: Yes or No.`,
  formatResults: (predictions) =>
    predictions
      .map(({ id, prediction }) => `${JSON.stringify({ question_id: officialId(id), answer: prediction })}\n`)
      .join(""),
  resultsName: "answers.jsonl",
  metrics: popeMetrics.slice(0, 1),
  furtherMetrics: popeMetrics.slice(1),
  mainScore: "f1",
});
