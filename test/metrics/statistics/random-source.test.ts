import { createRandomSource, xoshiro128 } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { RandomBlocks } from "../../../metrics/statistics/random-source.js";

/** The generator's 32-bit words, from a Python version of the published algorithm. */
test.each([
  [12345, [518667457, 440444462, 4232892992, 3757857622, 3939018813]],
  [0, [3809008728, 1133695204, 53579671, 2891528803, 139681546]],
  [-1, [835879718, 1921286648, 2356205009, 1885780724, 980451116]],
  [7, [1004282400, 2200021487, 1928073449, 741806228, 2429532727]],
])("seed %i gives these numbers", (seed, words) => {
  const random = createRandomSource(seed);
  expect(words.map(() => random() * 2 ** 32)).toEqual(words);
});

test("only the low 32 bits of the seed count", () => {
  expect(createRandomSource(2 ** 32 + 12345)()).toBe(createRandomSource(12345)());
});

test("two sources with one seed do not disturb each other", () => {
  const [first, second] = [createRandomSource(3), createRandomSource(3)];
  const ahead = [first(), first(), first()];
  expect([second(), second(), second()]).toEqual(ahead);
});

test("numbers are uniform: sixteen equal bins, and pairs of neighbours", () => {
  const draws = 160_000;
  const random = createRandomSource(99);
  const bins = new Int32Array(16);
  const pairs = new Int32Array(16);
  let before = random();
  for (let i = 0; i < draws; i++) {
    const x = random();
    bins[Math.floor(16 * x)]!++;
    pairs[4 * Math.floor(4 * before) + Math.floor(4 * x)]!++;
    before = x;
  }
  const chiSquare = (counts: Int32Array) => counts.reduce((sum, n) => sum + (n - draws / 16) ** 2 / (draws / 16), 0);
  // 15 degrees of freedom: 37.7 is passed by chance once in a thousand seeds
  expect(chiSquare(bins)).toBeLessThan(37.7);
  expect(chiSquare(pairs)).toBeLessThan(37.7);
});

test("xoshiro128** gives the words of its authors' program", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test.each([2, 7, 40_000, 2 ** 31 - 1])(
  "blocks of whole numbers below %i are those of the source, block after block",
  (count) => {
    const random = createRandomSource(12345);
    const blocks = new RandomBlocks(12345);
    for (const length of [1, 5, 0, 1000]) {
      const numbers = new Int32Array(length);
      blocks.fillWhole(numbers, count);
      expect([...numbers]).toEqual(Array.from(numbers, () => Math.floor(random() * count)));
    }
  },
);
