import { choiceLetter, choicePairsMetric, multipleChoiceMetrics } from "@simvlm/metrics";
import { CHOICE_FORMATS } from "../formats/choice-rows.js";
import { defineQuestionTask } from "./question-task.js";

/** Questions with a few answers to choose from, which are put to the model by their letters: MMVP, MMBench and their like. */
export const multipleChoiceTask = defineQuestionTask({
  name: "multiple-choice",
  files: ["SPLIT.tsv", "SPLIT.csv", "SPLIT.json", "SPLIT.jsonl", "Questions.csv"],
  formats: CHOICE_FORMATS,
  what: "multiple-choice questions",
  ask({ question = "", hint, choices }) {
    const options = choices.map((choice, place) => `${choiceLetter(place)}. ${choice}`);
    return [...(hint === undefined ? [] : [hint]), question, ...options].join("\n");
  },
  truth: ({ choices }) => ({ choices }),
  maxLength: 10,
  instruct: ({ prefix = "" }) => `${prefix}\nAnswer with the letter of the right option, and nothing else.`,
  metrics: multipleChoiceMetrics.slice(0, 1),
  furtherMetrics: [...multipleChoiceMetrics.slice(1), choicePairsMetric],
  mainScore: "accuracy",
});
