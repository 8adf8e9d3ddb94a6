import { createMetricInput, evaluateMetric, isRoughly, relaxedAccuracyMetric } from "@simvlm/metrics";
import { expect, test } from "vitest";

test.each([
  ["105", "100", true],
  ["95", "100", true],
  ["94.9", "100", false],
  ["-100", "100", false],
  ["0.14", "14%", true],
  ["14", "14%", false],
  ["14 %", "0.14", true],
  ["0", "0", true],
  ["0.0", "0", false], // a target of 0: the texts are compared
  ["0.001", "0", false],
  ["1,000", "1000", false], // Python reads no such number
  ["1_000", "1000", true],
  ["1e3", "1000", true],
  [".5", "0.5", true],
  ["0x10", "16", false],
  [" 14\n", "14", true],
  ["Yes", "yes", true],
  [" yes", "yes", false],
  ["inf", "inf", false],
  ["nan", "nan", false], // not a number, which nothing is near, itself neither
  ["NaN", "+nan", false],
  ["14", "nan", false],
  ["nan", "14", false],
  ["nan", "none", false],
  ["nan", "0", false],
  ["１４", "14", true], // Python takes the digits of any script
  ["٣٫٥", "3.5", false],
  ["٣.٥", "3.5", true],
  ["𝟟𝟠", "78", true],
  ["½", "0.5", false],
  ["", "", true],
  ["%", "%", true],
])("%j for %j: %j", (prediction, target, isRight) => {
  expect(isRoughly(prediction, target)).toBe(isRight);
});

test("the score is the share of questions with a right answer", async () => {
  const examples = [
    { id: "1", prediction: "3", references: ["two", "3.1"] },
    { id: "2", prediction: "4", references: ["3.1"] },
  ];
  const { scores, signature } = await evaluateMetric(relaxedAccuracyMetric, createMetricInput(examples));
  expect(scores).toEqual({ relaxed_accuracy: 0.5 });
  expect(signature).toContain("relaxed accuracy|dialect:official|tolerance:0.05|");
});

test("says how far an answer is from each target, or that the texts were compared", async () => {
  const examples = [{ id: "1", prediction: "14.5", references: ["14", "0", "fourteen"] }];
  const { explain } = await evaluateMetric(relaxedAccuracyMetric, createMetricInput(examples));
  expect(explain!(0).parts[0]).toMatchObject({
    columns: ["right answer", "compared as", "off by", "right"],
    rows: [
      ["14", "numbers", "3.57 %", "yes"],
      ["0", "texts", "", "no"],
      ["fourteen", "texts", "", "no"],
    ],
  });
});
