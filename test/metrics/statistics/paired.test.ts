import {
  bleu,
  cider,
  classificationAccuracy,
  createRandomSource,
  pairedBootstrap,
  pairedPermutation,
  rougeL,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { accuracyOf, clusteredAccuracyOf } from "../results.js";

const MANY = { resamples: 20_000 } as const;
/** Four standard errors of a share estimated from so many resamples. */
const TOLERANCE = 4 * Math.sqrt(0.25 / MANY.resamples);

const first = [1, 1, 1, 1, 0, 1, 1, 0] as const;
const second = [0, 1, 0, 1, 0, 0, 1, 1] as const;
const differences = first.map((isRight, i) => isRight - second[i]!);
const observed = differences.reduce((a, b) => a + b, 0) / 8;

const OPTIONS = { tokenizer: "none" } as const;
const HYPOTHESES = [
  ["a b c d", "a c d", "x y", "a b c"],
  ["a b x d", "c d a", "x y z", "b a c"],
] as const;
const REFERENCES = [["a b c d"], ["a c d e"], ["x y"], ["a b c", "a b"]];

describe("paired permutation", () => {
  test("is the share of all 2^8 exchanges with as large a difference", () => {
    let asLarge = 0;
    for (let exchange = 0; exchange < 2 ** 8; exchange++) {
      const sum = differences.reduce<number>((total, d, i) => total + ((exchange >> i) & 1 ? -d : d), 0);
      if (Math.abs(sum / 8) >= Math.abs(observed)) asLarge++;
    }
    const { accuracy } = pairedPermutation(accuracyOf(first), accuracyOf(second), MANY);
    expect(accuracy.difference).toBe(observed);
    expect(Math.abs(accuracy.pValue - asLarge / 2 ** 8)).toBeLessThan(TOLERANCE);
  });

  test("exchanges whole captions, for BLEU as by scoring the exchanged texts", () => {
    const [a, b] = HYPOTHESES.map((texts) => bleu(texts, REFERENCES, OPTIONS));
    let asLarge = 0;
    for (let exchange = 0; exchange < 2 ** 4; exchange++) {
      const pick = (system: number) => REFERENCES.map((_, i) => HYPOTHESES[((exchange >> i) & 1) ^ system]![i]!);
      const [left, right] = [0, 1].map((system) => bleu(pick(system), REFERENCES, OPTIONS).scores.Bleu_2);
      if (Math.abs(left! - right!) >= Math.abs(a!.scores.Bleu_2 - b!.scores.Bleu_2) * (1 - 1e-12)) asLarge++;
    }
    const { pValue } = pairedPermutation(a!, b!, MANY).Bleu_2;
    expect(Math.abs(pValue - asLarge / 2 ** 4)).toBeLessThan(TOLERANCE);
  });

  test("exchanges whole clusters: of two, only two differences can come", () => {
    const images = [1, 1, 1, 1, 1, 1, 1, 2];
    const { pValue } = pairedPermutation(
      clusteredAccuracyOf(first, images),
      clusteredAccuracyOf(second, images),
      MANY,
    ).accuracy;
    // 3 - 1 in half of the exchanges, 3 + 1 in the other half: each at least as large as 3 - 1
    expect(pValue).toBe(1);
  });

  test("systems that are equal have p = 1, and p is never 0", () => {
    expect(pairedPermutation(accuracyOf(first), accuracyOf(first)).accuracy).toEqual({ difference: 0, pValue: 1 });
    const [right, wrong] = [1, 0].map((value) => accuracyOf(new Array<0 | 1>(200).fill(value as 0 | 1)));
    expect(pairedPermutation(right!, wrong!).accuracy).toEqual({ difference: 1, pValue: 1 / 1001 });
  });
});

describe("paired bootstrap", () => {
  test("p is below 1 - confidence exactly when the interval leaves out 0", () => {
    const random = createRandomSource(5);
    const bits = (share: number) => Array.from({ length: 60 }, () => (random() < share ? 1 : 0) as 0 | 1);
    const seen = { inside: 0, outside: 0 };
    for (let trial = 0; trial < 60; trial++) {
      const [a, b] = [accuracyOf(bits(0.5)), accuracyOf(bits(0.35 + 0.004 * trial))];
      for (const resamples of [50, 100, 101, 1000]) {
        for (const confidence of [0.68, 0.8, 0.9, 0.95, 0.975]) {
          const { low, high, pValue } = pairedBootstrap(a, b, { resamples, confidence, seed: trial }).accuracy;
          const leavesOut = low > 0 || high < 0;
          expect([trial, resamples, confidence, pValue < 1 - confidence]).toEqual([
            trial,
            resamples,
            confidence,
            leavesOut,
          ]);
          seen[leavesOut ? "outside" : "inside"]++;
        }
      }
    }
    expect(Math.min(seen.inside, seen.outside)).toBeGreaterThan(200);
  });

  test("p says no more than so many resamples can tell, and the same of both directions", () => {
    const [right, wrong] = [1, 0].map((value) => accuracyOf(new Array<0 | 1>(200).fill(value as 0 | 1)));
    for (const pair of [[right!, wrong!] as const, [wrong!, right!] as const]) {
      expect(pairedBootstrap(...pair).accuracy.pValue).toBe(1 / 1001);
      expect(pairedBootstrap(...pair, { resamples: 1 }).accuracy.pValue).toBe(1 / 2);
    }
    const [a, b] = [accuracyOf(first), accuracyOf(second)];
    expect(pairedBootstrap(a, b).accuracy.pValue).toBeCloseTo(pairedBootstrap(b, a).accuracy.pValue, 12);
  });

  test("shifted: the share of all resampled differences as far from their mean as the observed one from 0", () => {
    const [a, b] = [first.slice(0, 6), second.slice(0, 6)];
    const d = a.map((isRight, i) => isRight - b[i]!);
    let sums = [0];
    for (let i = 0; i < 6; i++) sums = sums.flatMap((sum) => d.map((value) => sum + value));
    const mean = d.reduce((x, y) => x + y, 0) / 6;
    // halfway to the next possible difference: the resampled mean is not exactly the true one
    const expected = sums.filter((sum) => Math.abs(sum / 6 - mean) >= mean - 1 / 12).length / sums.length;
    const strict = sums.filter((sum) => Math.abs(sum / 6 - mean) >= mean + 1 / 12).length / sums.length;
    const { pValue, difference } = pairedBootstrap(accuracyOf(a), accuracyOf(b), {
      ...MANY,
      test: "shifted",
    }).accuracy;
    expect(difference).toBeCloseTo(mean, 15);
    expect(pValue).toBeGreaterThan(strict - TOLERANCE);
    expect(pValue).toBeLessThan(expected + TOLERANCE);
  });

  test("the interval holds the difference; equal systems differ by nothing", () => {
    const [a, b] = HYPOTHESES.map((texts) => rougeL(texts, REFERENCES, OPTIONS));
    const { difference, low, high, standardError } = pairedBootstrap(a!, b!).ROUGE_L;
    expect(difference).toBe(a!.scores.ROUGE_L - b!.scores.ROUGE_L);
    expect(low).toBeLessThan(difference);
    expect(high).toBeGreaterThan(difference);
    expect(standardError).toBeGreaterThan(0);
    expect(pairedBootstrap(a!, a!).ROUGE_L).toEqual({ difference: 0, low: 0, high: 0, standardError: 0, pValue: 1 });
  });

  test("draws the same examples for both: a difference that is the same everywhere does not vary", () => {
    const [right, wrong] = [1, 0].map((value) => accuracyOf(new Array<0 | 1>(30).fill(value as 0 | 1)));
    expect(pairedBootstrap(right!, wrong!).accuracy).toMatchObject({
      difference: 1,
      low: 1,
      high: 1,
      standardError: 0,
    });
    const [a, b] = [first, second].map((bits) => clusteredAccuracyOf(bits, new Array<number>(8).fill(0)));
    expect(pairedBootstrap(a!, b!).accuracy).toMatchObject({ difference: 25, low: 25, high: 25, standardError: 0 });
  });
});

test.each([
  ["pairedBootstrap", pairedBootstrap],
  ["pairedPermutation", pairedPermutation],
])("%s: seeds, and what cannot be compared", (_, compare) => {
  const [a, b] = [accuracyOf(first), accuracyOf(second)];
  expect(compare(a, b, { seed: 5 })).toEqual(compare(a, b, { seed: 5 }));
  expect(compare(a, b, { seed: 5 })).not.toEqual(compare(a, b, { seed: 6 }));
  expect(() => compare(a, b, { resamples: 0 })).toThrow(expect.objectContaining({ code: "bad-resampling" }));
  expect(() => compare(classificationAccuracy([], []), classificationAccuracy([], []))).toThrow(
    expect.objectContaining({ code: "too-few-examples" }),
  );
  const captions = [...HYPOTHESES[0]];
  for (const [left, right] of [
    [a, accuracyOf(first.slice(1))],
    [clusteredAccuracyOf([1, 0, 1], [1, 1, 2]), clusteredAccuracyOf([1, 0, 1], [1, 2, 2])],
    [bleu(captions, REFERENCES, OPTIONS), rougeL(captions, REFERENCES, OPTIONS)],
    [cider(captions, REFERENCES, OPTIONS), cider(captions, REFERENCES, { ...OPTIONS, variant: "CIDEr" })],
  ] as const) {
    expect(() => compare<string>(left, right)).toThrow(expect.objectContaining({ code: "not-paired" }));
  }
});
