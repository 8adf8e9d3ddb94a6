import { expect, test } from "vitest";
import { judge } from "../../../harness/terminal/faithfulness-table.js";

const difference = { difference: 0.2, low: 0.1, high: 0.3, standardError: 0.05, pValue: 0.001 };
const measured = { score: 0.6, low: 0.5, high: 0.7, standardError: 0.05, difference };

test("nothing is certain of fewer than six pictures, which agree by chance too often", () => {
  expect(judge("insertion", { ...measured, pictures: 5 })).toBeUndefined();
  expect(judge("insertion", { ...measured, pictures: 6 })).toBe("better");
  expect(judge("deletion", { ...measured, pictures: 6 })).toBe("worse");
});
