import { expect, test } from "vitest";
import { learningRate } from "../../../harness/training/schedule.js";

test("2 % of the steps up to the peak, then straight down; the last step still learns", () => {
  const schedule = { peak: 5e-4, steps: 1000 };
  expect(learningRate(1, schedule)).toBeCloseTo(5e-4 / 20, 12);
  expect(learningRate(20, schedule)).toBeCloseTo(5e-4, 12);
  expect(learningRate(510, schedule)).toBeCloseTo(5e-4 * (491 / 981), 12);
  expect(learningRate(1000, schedule)).toBeCloseTo(5e-4 / 981, 12);
  const rates = Array.from({ length: 981 }, (_, i) => learningRate(20 + i, schedule));
  expect(rates.every((rate, i) => i === 0 || rate < rates[i - 1]!)).toBe(true);
});

test("a training of one step learns at the peak", () => {
  expect(learningRate(1, { peak: 1, steps: 1 })).toBe(1);
});
