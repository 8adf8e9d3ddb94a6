import { relaxedAccuracyMetric } from "@simvlm/metrics";
import { CHART_QUESTION_FORMATS } from "../formats/chart-questions.js";
import { defineQuestionTask } from "./question-task.js";

/** ChartQA: questions about charts. Its splits are files for each kind of question: `human`, `augmented`. */
export const chartqaTask = defineQuestionTask({
  name: "chartqa",
  files: [
    ...["test/test_SPLIT.json", "test_SPLIT.json", "SPLIT_human.json", "SPLIT.json", "SPLIT.jsonl"],
    ...["SPLIT.csv", "SPLIT.tsv"],
  ],
  formats: CHART_QUESTION_FORMATS,
  what: "questions about charts",
  maxLength: 20,
  instruct: ({ prefix = "" }) => `${prefix}\nAnswer with a single number, word or phrase, and nothing else.`,
  metrics: [relaxedAccuracyMetric],
  furtherMetrics: [],
  mainScore: "relaxed_accuracy",
});
