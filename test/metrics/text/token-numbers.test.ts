import { expect, test } from "vitest";
import { Vocabulary } from "../../../metrics/text/token-numbers.js";

test("a vocabulary numbers tokens by first occurrence, whatever they are called", () => {
  const vocabulary = new Vocabulary();
  const tokens = ["b", "a", "b", "__proto__", "constructor", "", "__proto__", "a"];
  expect(tokens.map((token) => vocabulary.numberOf(token))).toEqual([0, 1, 0, 2, 3, 4, 2, 1]);
  expect(vocabulary.tokens).toEqual(["b", "a", "__proto__", "constructor", ""]);
});

test("a slice has the number of its text", () => {
  const vocabulary = new Vocabulary();
  expect(vocabulary.numberOf("dog")).toBe(0);
  expect(vocabulary.numberOfSlice("a dog runs", 2, 5)).toBe(0);
  expect(vocabulary.numberOfSlice("a dog runs", 2, 4)).toBe(1);
  expect(vocabulary.tokens).toEqual(["dog", "do"]);
});

test("numbers stay as the vocabulary grows, as a Map would give them", () => {
  const vocabulary = new Vocabulary();
  const tokens = Array.from({ length: 30_000 }, (_, i) => `${(i * 7919) % 20_011}\u00e4\ud83d`);
  const map = new Map<string, number>();
  for (const token of tokens) {
    if (!map.has(token)) map.set(token, map.size);
    expect(vocabulary.numberOf(token)).toBe(map.get(token));
  }
  expect(vocabulary.tokens).toEqual([...map.keys()]);
});

test("a copy goes on by itself", () => {
  const vocabulary = new Vocabulary();
  for (let i = 0; i < 5000; i++) vocabulary.numberOf(`word${i}`);
  const copy = vocabulary.copy();
  expect([copy.numberOf("word4999"), copy.numberOf("new")]).toEqual([4999, 5000]);
  expect([vocabulary.numberOf("another"), vocabulary.numberOf("new")]).toEqual([5000, 5001]);
  expect([copy.tokens.length, vocabulary.tokens.length]).toEqual([5001, 5002]);
});
