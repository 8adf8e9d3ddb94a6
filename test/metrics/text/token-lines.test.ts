import { expect, test } from "vitest";
import { TokenLinesBuilder, Vocabulary } from "../../../metrics/text/token-lines.js";

test("a vocabulary numbers tokens by first occurrence, whatever they are called", () => {
  const vocabulary = new Vocabulary();
  const tokens = ["b", "a", "b", "__proto__", "constructor", "", "__proto__", "a"];
  expect(tokens.map((token) => vocabulary.numberOf(token))).toEqual([0, 1, 0, 2, 3, 4, 2, 1]);
  expect(vocabulary.tokens).toEqual(["b", "a", "__proto__", "constructor", ""]);
});

test("lines keep their tokens as the builder grows", () => {
  const builder = new TokenLinesBuilder();
  const lengths = [0, 3, 1500, 0, 2000, 1];
  let next = 0;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) builder.push(next++);
    builder.endLine();
  }
  const { ids, offsets } = builder.finish();
  expect([...offsets]).toEqual([0, 0, 3, 1503, 1503, 3503, 3504]);
  expect([...ids]).toEqual(Array.from({ length: 3504 }, (_, i) => i));
});
