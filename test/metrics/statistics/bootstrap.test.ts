import { bleu, bootstrap, classificationAccuracy, createRandomSource, RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { accuracyOf, clusteredAccuracyOf } from "../results.js";

const MANY = { resamples: 20_000 } as const;

/** All sets of as many values, drawn with replacement: their means, sorted. */
function allResampledMeans(values: readonly number[]): number[] {
  let sums = [0];
  for (let i = 0; i < values.length; i++) sums = sums.flatMap((sum) => values.map((value) => sum + value));
  return sums.map((sum) => sum / values.length).sort((a, b) => a - b);
}

describe("against all 5^5 resampled sets", () => {
  const right = [1, 0, 1, 1, 0] as const;
  const means = allResampledMeans(right);

  test.each([0.5, 0.8, 0.95])("the interval of coverage %d", (confidence) => {
    const { accuracy } = bootstrap(accuracyOf(right), { ...MANY, confidence });
    const tail = Math.floor(((1 - confidence) / 2) * means.length);
    expect([accuracy.low, accuracy.high]).toEqual([means[tail], means.at(-1 - tail)]);
  });

  test("the standard error", () => {
    const deviation = Math.sqrt(means.reduce((sum, x) => sum + (x - 0.6) ** 2, 0) / means.length);
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const errors = seeds.map((seed) => bootstrap(accuracyOf(right), { resamples: 5000, seed }).accuracy.standardError);
    // 100,000 resamples tell a standard deviation to a quarter of a per cent
    expect(Math.abs(errors.reduce((a, b) => a + b) / seeds.length / deviation - 1)).toBeLessThan(0.01);
  });
});

test("the score is the metric's own, and the interval holds it", () => {
  const hypotheses = ["a b c d", "a c d b", "x y", "a b", "d c b a"];
  const result = bleu(
    hypotheses,
    hypotheses.map(() => ["a b c d", "a b x y"]),
    { tokenizer: "none" },
  );
  const intervals = bootstrap(result);
  for (const name of result.names) {
    const { score, low, high, standardError } = intervals[name];
    expect(score).toBe(result.scores[name]);
    expect(low).toBeLessThan(score);
    expect(high).toBeGreaterThan(score);
    expect(standardError).toBeGreaterThan(0);
  }
});

test("the same seed gives the same numbers, another others", () => {
  const result = accuracyOf(Array.from({ length: 101 }, (_, i) => (i % 3 === 0 ? 1 : 0)));
  expect(bootstrap(result, { seed: 5 })).toEqual(bootstrap(result, { seed: 5 }));
  expect(bootstrap(result)).toEqual(bootstrap(result, RESAMPLING_DEFAULTS));
  expect(bootstrap(result, { seed: 5 })).not.toEqual(bootstrap(result, { seed: 6 }));
});

test("more confidence, a wider interval", () => {
  const result = accuracyOf(Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? 1 : 0)));
  const widths = [0.5, 0.8, 0.95, 0.99].map((confidence) => {
    const { low, high } = bootstrap(result, { confidence }).accuracy;
    return high - low;
  });
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(new Set(widths).size).toBe(4);
});

test("about 95 of 100 intervals hold the true score", () => {
  const random = createRandomSource(1);
  const trials = 300;
  let covering = 0;
  for (let trial = 0; trial < trials; trial++) {
    const sample = Array.from({ length: 60 }, () => (random() < 0.6 ? 1 : 0));
    const { low, high } = bootstrap(accuracyOf(sample), { resamples: 300, seed: trial }).accuracy;
    if (low <= 0.6 && 0.6 <= high) covering++;
  }
  expect(covering / trials).toBeGreaterThan(0.9);
  expect(covering / trials).toBeLessThan(0.99);
});

describe("clusters", () => {
  const right = [1, 1, 0, 1, 0, 0, 0, 1] as const;

  test("one cluster leaves nothing to chance", () => {
    const { accuracy } = bootstrap(clusteredAccuracyOf(right, [3, 3, 3, 3, 3, 3, 3, 3]));
    expect(accuracy).toEqual({ score: 50, low: 50, high: 50, standardError: 0 });
  });

  test("are drawn whole: of two, only three sets can come", () => {
    const images = [1, 1, 1, 2, 2, 2, 2, 2]; // 2 of 3 right, 2 of 5 right
    const { low, high, standardError } = bootstrap(clusteredAccuracyOf(right, images), MANY).accuracy;
    expect([low, high]).toEqual([40, 200 / 3]);
    const sets = [200 / 3, 50, 50, 40];
    const mean = sets.reduce((a, b) => a + b) / 4;
    expect(standardError).toBeCloseTo(Math.sqrt(sets.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4), 0);
  });

  test("of one question each are no clusters", () => {
    const images = right.map((_, i) => i);
    const single = bootstrap(clusteredAccuracyOf(right, images)).accuracy;
    const alone = bootstrap(accuracyOf(right)).accuracy;
    expect([single.low, single.high]).toEqual([
      expect.closeTo(100 * alone.low, 10),
      expect.closeTo(100 * alone.high, 10),
    ]);
  });
});

test("bad options and empty results are refused", () => {
  const result = accuracyOf([1, 0]);
  for (const options of [
    { resamples: 0 },
    { resamples: -1 },
    { resamples: 1.5 },
    { resamples: NaN },
    { confidence: 0 },
    { confidence: 1 },
    { confidence: 95 },
    { confidence: NaN },
    { seed: 0.5 },
    { seed: NaN },
  ]) {
    expect(() => bootstrap(result, options)).toThrow(expect.objectContaining({ code: "bad-resampling" }));
  }
  expect(() => bootstrap(classificationAccuracy([], []))).toThrow(
    expect.objectContaining({ code: "too-few-examples" }),
  );
});

test("one resample is enough to return numbers", () => {
  const { low, high, standardError } = bootstrap(accuracyOf([1, 0, 1]), { resamples: 1 }).accuracy;
  expect(low).toBe(high);
  expect(standardError).toBe(0);
});
