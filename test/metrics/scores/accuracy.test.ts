import { classificationAccuracy, type Nlvr2Label, nlvr2 } from "@simvlm/metrics";
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

  test("one prediction a label", () => {
    expect(() => classificationAccuracy(["a"], ["a", "b"])).toThrow(
      expect.objectContaining({ code: "length-mismatch" }),
    );
  });
});

describe("NLVR2", () => {
  const label = (sentenceId: string, truth: boolean): Nlvr2Label => ({ label: truth, sentenceId });

  test("a sentence is consistent just if all its examples are right", () => {
    const labels = [label("s", true), label("t", true), label("s", false), label("u", false), label("t", true)];
    const { scores, perExample, clusters } = nlvr2([true, true, false, true, false], labels);
    expect(scores).toEqual({ accuracy: 3 / 5, consistency: 1 / 3 });
    expect([...perExample.accuracy]).toEqual([1, 1, 1, 0, 0]);
    expect([...perExample.consistency]).toEqual([1, 0, 1, 0, 0]);
    expect([...clusters!]).toEqual([0, 1, 0, 2, 1]);
  });

  test("consistency is never above accuracy's share of whole sentences, and equals it for single examples", () => {
    const example = fc.record({ right: fc.boolean(), sentence: fc.nat(4), truth: fc.boolean() });
    fc.assert(
      fc.property(fc.array(example, { minLength: 1, maxLength: 20 }), (examples) => {
        const predictions = examples.map(({ right, truth }) => right === truth);
        const grouped = nlvr2(
          predictions,
          examples.map(({ sentence, truth }) => label(`${sentence}`, truth)),
        );
        const sentences = [...new Set(examples.map(({ sentence }) => sentence))];
        const consistent = sentences.filter((s) => examples.every(({ sentence, right }) => sentence !== s || right));
        expect(grouped.scores.consistency).toBe(consistent.length / sentences.length);
        const single = nlvr2(
          predictions,
          examples.map(({ truth }, i) => label(`${i}`, truth)),
        );
        expect(single.scores.consistency).toBe(single.scores.accuracy);
        expect(single.scores.accuracy).toBe(grouped.scores.accuracy);
      }),
      SEEDED,
    );
  });

  test("one prediction a label", () => {
    expect(() => nlvr2([true, false], [label("s", true)])).toThrow(
      expect.objectContaining({ code: "length-mismatch" }),
    );
  });
});
