import { expect, test } from "vitest";
import { buildPrefixBatch } from "../../../../harness/models/simvlm/batch.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, batchOptions, END, PAD, randomImage, START } from "./tiny.js";

test("prefix and suffix given apart: tokens, targets one place ahead, weights and masks", () => {
  const batch = batchOf([
    { prefix: [5, 6], suffix: [7, 8, 9] },
    { prefix: [], suffix: [3] },
  ]);
  expect(batch.images).toBeUndefined();
  expect(batch.imageMask).toBeUndefined();
  expect([...batch.prefixTokens!.data]).toEqual([5, 6, PAD, PAD, PAD, PAD, PAD, PAD]);
  expect([...batch.prefixMask!.data]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  expect([...batch.suffixTokens.data]).toEqual([START, 7, 8, 9, PAD, PAD, START, 3, PAD, PAD, PAD, PAD]);
  expect([...batch.targets.data]).toEqual([7, 8, 9, END, PAD, PAD, 3, END, PAD, PAD, PAD, PAD]);
  expect([...batch.targetWeights.data]).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0]);
});

test("a text longer than its places is cut without an end", () => {
  const batch = batchOf([{ prefix: [], suffix: [3, 4, 5, 6, 7, 8, 9] }]);
  expect([...batch.suffixTokens.data]).toEqual([START, 3, 4, 5, 6, 7]);
  expect([...batch.targets.data]).toEqual([3, 4, 5, 6, 7, 8]);
});

test("a padding id that is also a word changes no weight", () => {
  const batch = batchOf([{ prefix: [PAD], suffix: [PAD, 4] }]);
  expect([...batch.prefixMask!.data]).toEqual([1, 0, 0, 0]);
  expect([...batch.targetWeights.data]).toEqual([1, 1, 1, 0, 0, 0]);
});

test("cuts are uniform over the places that leave a target, drawn for each example, and keep the ids as they are", () => {
  const text = [3, 4, 5];
  const counts = [0, 0, 0];
  const options = { ...batchOptions, prefixLength: 8 };
  const batch = buildPrefixBatch(
    Array.from({ length: 6000 }, () => ({ text })),
    options,
    createRandom(3),
  );
  for (let row = 0; row < 6000; row++) {
    const cut = batch.prefixMask!.data.subarray(row * 8, row * 8 + 8).reduce((sum, seen) => sum + seen, 0);
    counts[cut]!++;
    const rest = batch.targets.data.subarray(row * 6, row * 6 + 3 - cut);
    expect([...batch.prefixTokens!.data.subarray(row * 8, row * 8 + cut), ...rest]).toEqual(text);
    expect(batch.targets.data[row * 6 + 3 - cut]).toBe(END);
  }
  // Three cuts of 2,000 each; five standard deviations are 183.
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(183);
});

test("a cut never leaves a prefix that does not fit; `none` leaves none", () => {
  const text = Array.from({ length: 9 }, (_, index) => index + 3);
  const lengths = (cut: "uniform" | "none") => {
    const batch = batchOf(
      Array.from({ length: 200 }, () => ({ text })),
      { prefixLength: 2, cut },
    );
    return new Set(
      Array.from({ length: 200 }, (_, row) => batch.prefixMask!.data[2 * row]! + batch.prefixMask!.data[2 * row + 1]!),
    );
  };
  expect(lengths("uniform")).toEqual(new Set([0, 1, 2]));
  expect(lengths("none")).toEqual(new Set([0]));
});

test("a share of the texts beside a picture is left whole, of the others none", () => {
  const [image, rows] = [randomImage(createRandom(1)), 200];
  const whole = (wholeSuffix: number, picture?: Float32Array) => {
    const examples = Array.from({ length: rows }, () => ({ image: picture, text: [3, 4, 5] }));
    const { data } = batchOf(examples, { wholeSuffix }).prefixMask!;
    return examples.filter((_, row) => data[row * batchOptions.prefixLength] === 0).length;
  };
  expect(whole(1, image)).toBe(rows);
  expect(whole(1)).toBeLessThan(rows / 2);
  // A third of the cuts are before the first token anyway: 1/2 + 1/6 = 133 of 200; five standard deviations are 33.
  expect(Math.abs(whole(0.5, image) - 133)).toBeLessThan(33);
});

test("the same seed gives the same batch", () => {
  const examples = Array.from({ length: 20 }, () => ({ text: [3, 4, 5, 6, 7] }));
  expect(batchOf(examples, {}, 7)).toEqual(batchOf(examples, {}, 7));
  expect(batchOf(examples, {}, 7)).not.toEqual(batchOf(examples, {}, 8));
});

test("pictures stand in the rows up to the last that has one", () => {
  const image = randomImage(createRandom(1));
  const batch = batchOf([{ text: [3] }, { image, text: [3] }, { text: [3] }]);
  expect(batch.images!.shape).toEqual([2, 16, 16, 3]);
  expect([...batch.imageMask!.data]).toEqual([0, 1, 0]);
  expect(batch.images!.data.subarray(768)).toEqual(image);
});

test.each([
  [{ text: [] }, /Example 1 .* empty text/],
  [{ prefix: [3, 3, 3, 3, 3], suffix: [4] }, /Example 1 .* prefix of 5 tokens; prefixLength is 4/],
  [{ image: new Float32Array(5), text: [3] }, /Example 1 .* image of 5 numbers; 16×16×3 = 768/],
])("a bad example is named: %o", (example, message) => {
  expect(() => batchOf([{ text: [3] }, example])).toThrow(message);
});
