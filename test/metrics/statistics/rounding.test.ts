import { expect, test } from "vitest";
import { roundDecimals } from "../../../metrics/statistics/rounding.js";

/** What Python's round() prints for the same numbers. */
test.each([
  [0.125, 2, 0.12],
  [0.375, 2, 0.38],
  [2.675, 2, 2.67],
  [50.125, 2, 50.12],
  [-0.125, 2, -0.12],
  [-50.375, 2, -50.38],
  [1.005, 2, 1],
  [0.5, 0, 0],
  [1.5, 0, 2],
  [2.5, 0, 2],
  [-2.5, 0, -2],
  [62.5, 0, 62],
  [2.5, 1, 2.5],
  [0.25, 1, 0.2],
  [0.35, 1, 0.3],
  [0.0625, 3, 0.062],
  [8192.015625, 5, 8192.01562],
  [66.66666666666667, 2, 66.67],
  [99.995, 2, 100],
  [99.985, 2, 99.98],
  [0.045, 2, 0.04],
  [1234567.125, 2, 1234567.12],
  [1e-9, 2, 0],
  [0, 2, 0],
  [100, 2, 100],
  [1e21, 2, 1e21],
])("%d to %i decimals is %d", (x, decimals, expected) => {
  expect(roundDecimals(x, decimals)).toBe(expected);
});
