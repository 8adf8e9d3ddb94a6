import {
  captionStatistics,
  createMetricInput,
  distinctMetric,
  evaluateMetric,
  type MetricDefinition,
  mutualBleuMetric,
  selfCiderMetric,
  symmetricEigenvalues,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { readFixture } from "../fixture.js";

interface Golden {
  captions: string[][];
  references: string[][];
  self_cider: number[];
  mbleu: number[][];
  div: [number, number][];
  statistics: {
    captions: number;
    words: number;
    vocabulary: number;
    mean: number;
    percentiles: number[];
    distinct: number[];
    unique: number;
  };
}

const golden = readFixture<Golden>("diversity.json");
const examples = golden.captions.map((captions, i) => ({
  id: `${i}`,
  prediction: captions[0]!,
  captions,
  references: golden.references[i]!,
}));
const CLOSE = 9;

describe("the reference computations' numbers", () => {
  test("Self-CIDEr, by the singular values of the captions' vectors", async () => {
    const { perExample, signature } = await evaluateMetric(selfCiderMetric, createMetricInput(examples));
    for (const [i, expected] of golden.self_cider.entries()) {
      // a singular value that is 0 comes out as the root of a rounding error of its square
      expect(perExample.SelfCIDEr[i]).toBeCloseTo(expected, 6);
    }
    expect(signature).toMatch(/^Self-CIDEr\|captions:2-10\|tok:ptb\|kernel:CIDEr\|df:references\|documents:8\|/);
  });

  test("mBLEU, by pycocoevalcap's", async () => {
    const { perExample } = await evaluateMetric(mutualBleuMetric, createMetricInput(examples));
    for (const [i, scores] of golden.mbleu.entries()) {
      for (const [k, expected] of scores.entries()) {
        expect(perExample[`mBLEU_${k + 1}`]![i]).toBeCloseTo(expected, CLOSE);
      }
    }
  });

  test("Div-1 and Div-2", async () => {
    const { perExample } = await evaluateMetric(distinctMetric, createMetricInput(examples));
    for (const [i, [one, two]] of golden.div.entries()) {
      expect(perExample.Div_1![i]).toBeCloseTo(one, CLOSE);
      expect(perExample.Div_2![i]).toBeCloseTo(two, CLOSE);
    }
  });

  test("lengths, vocabulary, distinct n-grams, unique captions", () => {
    const { length, ...found } = captionStatistics(golden.captions.flat());
    const { captions, words, vocabulary, mean, percentiles, distinct, unique } = golden.statistics;
    expect(found).toMatchObject({ captions, words, vocabulary, unique });
    expect(length.mean).toBeCloseTo(mean, CLOSE);
    const { min, p5, median, p95, max } = length;
    for (const [i, value] of [min, p5, median, p95, max].entries()) expect(value).toBeCloseTo(percentiles[i]!, CLOSE);
    expect(found.distinct_1).toBeCloseTo(distinct[0]!, CLOSE);
    expect(found.distinct_2).toBeCloseTo(distinct[1]!, CLOSE);
    expect(found.novel).toBeUndefined();
  });
});

test("the same caption several times has no diversity, captions with nothing in common have all", async () => {
  const set = (id: string, ...captions: string[]) => ({ id, prediction: "", captions, references: [] });
  const input = createMetricInput([
    set("same", ...new Array<string>(3).fill("a red dog runs here")),
    set("other", "two cats sleep there now", "some people eat green apples", "the sea looks very calm"),
  ]);
  const { perExample, signature } = await evaluateMetric(selfCiderMetric, input);
  expect([...perExample.SelfCIDEr].map((value) => value.toFixed(6))).toEqual(["0.000000", "1.000000"]);
  expect(signature).toContain("|df:captions|");
});

test("novel captions and new words are those that training had not", () => {
  const found = captionStatistics(["A dog.", "a cat", "a cat"], ["a dog", "the dog"]);
  expect(found).toMatchObject({ novel: 2 / 3, newWords: 2 / 6, unique: 2 / 3 });
});

const SEVERAL: readonly MetricDefinition[] = [selfCiderMetric, mutualBleuMetric];

test.each(SEVERAL)("$name needs two captions of every picture", async (metric) => {
  const input = createMetricInput([{ id: "7", prediction: "a", references: [], captions: ["a"] }]);
  await expect(evaluateMetric(metric, input)).rejects.toThrow(
    "needs two captions or more of every picture, and 7 has 1",
  );
});

test("eigenvalues of a symmetric matrix", () => {
  expect([...symmetricEigenvalues(Float64Array.of(2, 1, 1, 2), 2)].map((value) => value.toFixed(12))).toEqual([
    "1.000000000000",
    "3.000000000000",
  ]);
  const diagonal = Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2);
  expect([...symmetricEigenvalues(diagonal, 3)]).toEqual([-1, 2, 3]);
});
