import { createMetricInput, evaluateMetric, type Nlvr2Label, nlvr2, nlvr2Metric } from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEEDED } from "../generators.js";

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

  test("the definition gives the same; an example without a cluster is a sentence by itself", async () => {
    const answers = ["True", "False", "True", "True"];
    const examples = answers.map((prediction, i) => ({
      id: `${i}`,
      prediction,
      references: ["True"],
      cluster: i < 2 ? "s" : undefined,
    }));
    const { clusters, ...result } = await evaluateMetric(nlvr2Metric, createMetricInput(examples));
    const labels = ["s", "s", "t", "u"].map((sentence) => label(sentence, true));
    const expected = nlvr2([true, false, true, true], labels);
    expect([...clusters!]).toEqual([0, 0, 1, 2]);
    expect(result.scores).toEqual({ accuracy: 3 / 4, consistency: 2 / 3 });
    expect(result.statistics).toEqual(expected.statistics);
    expect({ ...result.perExample }).toEqual({ ...expected.perExample });
    expect(result.signature).toBe(expected.signature);
  });

  test("there must be as many predictions as labels", () => {
    expect(() => nlvr2([true, false], [label("s", true)])).toThrow(
      expect.objectContaining({ code: "length-mismatch" }),
    );
  });
});
