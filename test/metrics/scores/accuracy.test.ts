import { accuracyMetric, classificationAccuracy, createMetricInput, evaluateMetric } from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEEDED } from "../generators.js";

const CLASSES = ["entailment", "neutral", "contradiction"];

describe("classification accuracy", () => {
  test("counts every pair of label and prediction", () => {
    const labels = ["entailment", "entailment", "neutral", "contradiction", "neutral"];
    const predictions = ["entailment", "neutral", "neutral", "entailment", "?"];
    const { scores, perExample, confusion } = classificationAccuracy(predictions, labels);
    expect(scores).toEqual({ accuracy: 2 / 5 });
    expect([...perExample.accuracy]).toEqual([1, 0, 1, 0, 0]);
    expect({ ...confusion }).toEqual({
      entailment: { entailment: 1, neutral: 1 },
      neutral: { neutral: 1, "?": 1 },
      contradiction: { entailment: 1 },
    });
  });

  test("classes may have the names of object members", () => {
    const { confusion } = classificationAccuracy(["__proto__", "constructor"], ["__proto__", "__proto__"]);
    const rows = Object.entries(confusion).map(([label, row]) => [label, Object.entries(row)]);
    const counts = [
      ["__proto__", 1],
      ["constructor", 1],
    ];
    expect(rows).toEqual([["__proto__", counts]]);
  });

  test("accuracy is the confusion's diagonal over its sum", () => {
    const pair = fc.tuple(fc.constantFrom(...CLASSES), fc.constantFrom(...CLASSES));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const result = classificationAccuracy(
          pairs.map(([prediction]) => prediction),
          pairs.map(([, label]) => label),
        );
        const cells = Object.entries(result.confusion).flatMap(([label, row]) =>
          Object.entries(row).map(([prediction, count]) => ({ right: label === prediction, count })),
        );
        const sum = (of: typeof cells) => of.reduce((total, { count }) => total + count, 0);
        expect(sum(cells)).toBe(pairs.length);
        expect(result.scores.accuracy).toBe(sum(cells.filter(({ right }) => right)) / pairs.length);
      }),
      SEEDED,
    );
  });

  test("the definition gives the same, with the confusion as details", async () => {
    const [predictions, labels] = [
      ["a", "b", "a"],
      ["a", "a", "c"],
    ];
    const examples = labels.map((label, i) => ({ id: `${i}`, prediction: predictions[i]!, references: [label] }));
    const result = await evaluateMetric(accuracyMetric, createMetricInput(examples));
    const expected = classificationAccuracy(predictions, labels);
    expect(result.signature).toMatch(/^accuracy\|classes:2\|version:/);
    expect(result).toEqual({
      ...result,
      metric: "accuracy",
      scores: expected.scores,
      statistics: expected.statistics,
      signature: expected.signature,
      details: { confusion: expected.confusion },
    });
  });

  test("there must be as many predictions as labels", () => {
    expect(() => classificationAccuracy(["a"], ["a", "b"])).toThrow(
      expect.objectContaining({ code: "length-mismatch" }),
    );
  });
});

test("says what was said and what is right", async () => {
  const examples = [
    { id: "1", prediction: "neutral", references: ["neutral"] },
    { id: "2", prediction: "Neutral", references: ["neutral"] },
  ];
  const { explain } = await evaluateMetric(accuracyMetric, createMetricInput(examples));
  const notes = [0, 1].flatMap((place) => explain!(place).parts).map((part) => part.kind === "note" && part.text);
  expect(notes).toEqual([
    'Said "neutral", which is right.',
    'Said "Neutral", but right is "neutral", and only the same text counts.',
  ]);
});
