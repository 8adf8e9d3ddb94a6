import { createMetricInput, evaluateMetric, multipleChoiceMetrics, readChoice } from "@simvlm/metrics";
import { expect, test } from "vitest";

const CHOICES = ["a red bus", "two dogs", "a tree"];

test.each<[text: string, official: string | undefined, vlmEvalKit: string | undefined]>([
  ["B", "B", "B"],
  ["(B)", "B", "B"],
  ["B. two dogs", "B", "B"],
  ["The answer is: C.", "C", "C"],
  ["A", "A", "A"],
  ["Option A.", "A", "A"],
  ["A dog is in the picture", undefined, undefined], // in longer answers, a word
  ["A bus that is red, or rather two dogs", "B", "B"],
  ["B or C", undefined, undefined],
  ["I see TWO DOGS here", "B", "B"],
  ["a red bus near a tree", undefined, undefined],
  ["D", undefined, undefined],
  ["Bus", undefined, undefined],
  ["(b)", "B", undefined],
  ["b.", "B", undefined],
  ["b two dogs", "B", "B"], // by its text
  ["", undefined, undefined],
])("%j", (text, official, vlmEvalKit) => {
  expect(readChoice(text, CHOICES)).toBe(official);
  expect(readChoice(text, CHOICES, "vlmevalkit")).toBe(vlmEvalKit);
});

test("the score is the share of right choices; what was chosen is counted", async () => {
  const examples = ["B", "(b)", "no idea"].map((prediction, i) => ({
    id: `${i}`,
    prediction,
    references: ["B"],
    choices: CHOICES,
  }));
  const input = createMetricInput(examples);
  const [official, vlmEvalKit] = await Promise.all(multipleChoiceMetrics.map((one) => evaluateMetric(one, input)));
  expect(official!.scores).toEqual({ accuracy: 2 / 3 });
  expect(official!.details).toEqual({ chosen: { B: 2, none: 1 } });
  expect(vlmEvalKit!.scores).toEqual({ accuracy: 1 / 3 });
  expect(vlmEvalKit!.signature).toContain("multiple choice|dialect:vlmevalkit|");
});
