import { createRandomSource, measureAgreement } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

const random = createRandomSource(5);
const PICTURES = 60;
/** Three captions of each picture, rated from 1 to 4; `good` follows the ratings closely, `poor` hardly. */
const ratings = Array.from({ length: 3 * PICTURES }, (_, item) => ({ item, rating: 1 + Math.floor(4 * random()) }));
const clusters = Int32Array.from(ratings, ({ item }) => Math.floor(item / 3));
const noisy = (noise: number) => ratings.map(({ rating }) => rating + noise * random());
const scores = { good: noisy(1), poor: noisy(20), same: ratings.map(() => 1) };
const judged = { ratings, clusters, scores };
const FEW = { resamples: 200 };

describe("scores beside people", () => {
  const { rows, differences } = measureAgreement(judged, FEW);

  test("each score has its coefficients with intervals; one that does not vary has none but a coin's accuracy", () => {
    expect(rows.map(({ score }) => score)).toEqual(["good", "poor", "same"]);
    for (const name of ["tau_b", "tau_c", "spearman", "accuracy"] as const) {
      const { score, low, high } = rows[0]![name]!;
      expect([low <= score, score <= high, high <= 1]).toEqual([true, true, true]);
    }
    const { tau_b, tau_c, spearman, accuracy } = rows[2]!;
    expect([tau_b, tau_c, spearman, accuracy?.score]).toEqual([null, null, null, 0.5]);
  });

  test("the one that agrees more does so by more than chance", () => {
    const found = differences.find((row) => row.coefficient === "tau_b")!;
    expect(found).toMatchObject({ score: "good", against: "poor" });
    expect([found.low > 0, found.pValue < 0.05]).toEqual([true, true]);
    expect(found.difference).toBe(rows[0]!.tau_b!.score - rows[1]!.tau_b!.score);
    expect(differences.filter(({ coefficient }) => coefficient === "spearman")).toHaveLength(1);
  });

  test("the same seed gives the same numbers, another others", () => {
    expect(measureAgreement(judged, FEW).rows).toEqual(rows);
    expect(measureAgreement(judged, { ...FEW, seed: 1 }).rows).not.toEqual(rows);
  });
});

test("pairwise accuracy is of the pairs of one picture that people tell apart, ties a half", () => {
  const { rows } = measureAgreement(
    {
      // 3 pairs of picture 0 (right, right, tied), none of picture 1 whose two are equally good, 1 of picture 2 (wrong)
      ratings: [1, 2, 3, 5, 5, 1, 2].map((rating, item) => ({ item, rating })),
      clusters: Int32Array.from([0, 0, 0, 1, 1, 2, 2]),
      scores: { m: [0.1, 0.2, 0.2, 0.9, 0, 0.7, 0.3] },
    },
    FEW,
  );
  expect(rows[0]!.accuracy!.score).toBe(2.5 / 4);
});

test("several ratings of one caption count by themselves in correlations, by their mean in accuracy", () => {
  const own = [
    ...[1, 4].map((rating) => ({ item: 0, rating })),
    ...[2, 2].map((rating) => ({ item: 1, rating })),
    ...[1, 3].map((rating, i) => ({ item: 2 + i, rating })),
  ];
  const { rows } = measureAgreement(
    { ratings: own, clusters: Int32Array.from([0, 0, 1, 1]), scores: { m: [2, 1, 1, 2] } },
    FEW,
  );
  expect(rows[0]!.accuracy!.score).toBe(1); // 2.5 against 2, and 3 against 1
  expect(rows[0]!.tau_b!.score).toBeLessThan(1);
});

test("preferences alone give accuracy alone", () => {
  const { rows } = measureAgreement(
    {
      ratings: [],
      preferences: [
        { better: 0, worse: 1 },
        { better: 2, worse: 3 },
      ],
      clusters: Int32Array.from([0, 0, 1, 1]),
      scores: { m: [2, 1, 1, 2] },
    },
    FEW,
  );
  expect(rows[0]).toMatchObject({ tau_b: null, spearman: null, accuracy: { score: 0.5 } });
});

test("one picture cannot be resampled", () => {
  expect(() => measureAgreement({ ...judged, clusters: new Int32Array(ratings.length) })).toThrow("two pictures");
});
