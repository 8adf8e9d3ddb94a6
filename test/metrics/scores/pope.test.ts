import { createMetricInput, evaluateMetric, type PopeAnswer, popeMetrics, readPopeAnswer } from "@simvlm/metrics";
import { expect, test } from "vitest";

test.each<[text: string, official: PopeAnswer, lmmsEval: PopeAnswer, vlmEvalKit: PopeAnswer]>([
  ["yes", "yes", "yes", "yes"],
  ["No", "no", "no", "no"],
  [" YES\n", "yes", "yes", "yes"],
  ["No, there is no dog. Yes.", "no", "unknown", "unknown"],
  ["Yes. There is no cat, though.", "yes", "unknown", "unknown"],
  ["There is not a dog in the image.", "no", "unknown", "unknown"],
  ["Yes, there is.", "yes", "unknown", "yes"],
  ["No.", "no", "unknown", "no"],
  ["no,", "no", "unknown", "no"],
  ["NO", "yes", "no", "no"], // the official program knows No and no only
  ["I cannot tell", "yes", "unknown", "unknown"],
  ["", "yes", "unknown", "unknown"],
  ["nothing\nno", "yes", "unknown", "no"], // split at spaces only
])("%j", (text, official, lmmsEval, vlmEvalKit) => {
  expect(readPopeAnswer(text)).toBe(official);
  expect(readPopeAnswer(text, "lmms-eval")).toBe(lmmsEval);
  expect(readPopeAnswer(text, "vlmevalkit")).toBe(vlmEvalKit);
});

test("the scores are of yes, and the yes ratio of the answers, or in lmms-eval of the labels", async () => {
  // labels yes yes yes no no; said yes, a sentence that denies, nothing of the sort, yes, no
  const said = ["yes", "There is no dog", "maybe", "yes", "no"];
  const labels = ["yes", "yes", "yes", "no", "no"];
  const examples = said.map((prediction, i) => ({ id: `${i}`, prediction, references: [labels[i]!] }));
  const results = await Promise.all(popeMetrics.map((metric) => evaluateMetric(metric, createMetricInput(examples))));
  const [official, lmmsEval, vlmEvalKit] = results.map(({ scores }) => scores);
  expect(official).toEqual({ accuracy: 3 / 5, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, yes_ratio: 3 / 5 });
  expect(lmmsEval).toEqual({ accuracy: 2 / 5, precision: 1 / 2, recall: 1 / 3, f1: 2 / 5, yes_ratio: 3 / 5 });
  expect(vlmEvalKit).toEqual({ accuracy: 2 / 5, precision: 1 / 2, recall: 1 / 3, f1: 2 / 5, yes_ratio: 2 / 5 });
  expect(results.map(({ signature }) => signature.split("|")[1])).toEqual([
    "dialect:official",
    "dialect:lmms-eval",
    "dialect:vlmevalkit",
  ]);
});

test("nobody said yes, and nothing is there: no division by nothing", async () => {
  const examples = [{ id: "1", prediction: "no", references: ["no"] }];
  const { scores } = await evaluateMetric(popeMetrics[0]!, createMetricInput(examples));
  expect(scores).toEqual({ accuracy: 1, precision: 0, recall: 0, f1: 0, yes_ratio: 0 });
});
