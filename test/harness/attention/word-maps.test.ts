import { expect, test } from "vitest";
import { explainAway } from "../../../harness/attention/explain-away.js";
import { activateTokens } from "../../../harness/attention/methods.js";
import type { WordAttention } from "../../../harness/attention/word-attention.js";
import { listWordMaps, mapWords } from "../../../harness/attention/word-maps.js";
import { type AttentionRecord, listKeys } from "../../../harness/models/attention-maps.js";
import { smallModel } from "../models/simvlm/small.js";

/** Two layers, one head, two tokens, four patches and one token of a prompt. */
const record: AttentionRecord = {
  ...{ layers: 2, heads: 1, tokens: 2, grid: 2, keys: listKeys(2, 1, 0) },
  data: Float32Array.from([
    ...[0.4, 0.1, 0.1, 0.1, 0.3],
    ...[0.1, 0.2, 0.3, 0.2, 0.2],
    ...[0.2, 0.6, 0.1, 0.1, 0],
    ...[0.5, 0.1, 0.1, 0.1, 0.2],
  ]),
};
const words = [
  { text: "red", start: 0, end: 1 },
  { text: "dog", start: 1, end: 2 },
];
const maps = (found: readonly WordAttention[]) =>
  found.map(({ map }) => [...map].map((value) => Number(value.toFixed(4))));

test("mean and maximum over layers and heads, or over those that are chosen", () => {
  const looks = { attention: record };
  expect(maps(mapWords(looks, words, "mean"))).toEqual([
    [0.3, 0.35, 0.1, 0.1],
    [0.3, 0.15, 0.2, 0.15],
  ]);
  expect(maps(mapWords(looks, words, "max"))).toEqual([
    [0.4, 0.6, 0.1, 0.1],
    [0.5, 0.2, 0.3, 0.2],
  ]);
  expect(maps(mapWords(looks, words, "max", { layer: 1 }))).toEqual(maps(mapWords(looks, words, "mean", { layer: 1 })));
  expect(() => mapWords(looks, words, "rollout")).toThrow("There is no rollout among what was recorded.");
});

test("activation: what more attention to a patch would give, summed, beyond an average patch, and never below 0", () => {
  const gradients = Float32Array.from([
    ...[1, 0, 0, 0, 9],
    ...[0, -2, 0, 0, 0],
    ...[1, 0, 0, 2, 9],
    ...[1, 1, 1, 1, 0],
  ]);
  const { layers, heads, data } = activateTokens(record, gradients);
  expect([layers, heads]).toEqual([1, 1]);
  expect([...data]).toEqual([1, 0, 0, 1, 0, 0.5, 0, 0.5, 0.5, 0]);
});

test("what earlier words explain is taken away, but not what the same word said before", () => {
  const word = (text: string, ...map: number[]): WordAttention => ({
    ...{ text, start: 0, end: 1, image: 1, prompt: 0, suffix: 0 },
    map: Float32Array.from(map),
  });
  const [red, dog, again, other] = maps(
    explainAway([word("red", 2, 0, 0, 0), word("dog", 1, 3, 0, 0), word("red", 2, 0, 0, 0), word("cat", 0, 0, 0, 4)]),
  );
  expect(red).toEqual([2, 0, 0, 0]);
  expect(dog).toEqual([0, 3, 0, 0]);
  // "dog" explains a part of it that least squares fits: cos² of the two maps.
  expect(again).toEqual([1.8, 0, 0, 0]);
  expect(other).toEqual([0, 0, 0, 4]);
});

test("a family tells the maps that its attention has methods for", () => {
  const { gradients, selfAttention, ...plain } = smallModel().attention!;
  expect(listWordMaps(plain)).toEqual(["mean", "max"]);
  expect(listWordMaps({ ...plain, ...(selfAttention && { selfAttention }) })).toEqual(["mean", "max", "rollout"]);
  expect(listWordMaps({ ...plain, ...(gradients && { gradients }) })).toEqual([
    "mean",
    "max",
    "gradient",
    "activation",
  ]);
});
