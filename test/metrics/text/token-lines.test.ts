import { expect, test } from "vitest";
import { TokenLinesBuilder } from "../../../metrics/text/token-lines.js";

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
