import { expect, test } from "vitest";
import { TRUNCATED_DEVIATION, truncatedNormal } from "../../../harness/layers/truncated-normal.js";

/** x and Φ(x), from a table of the normal distribution. */
const PHI: readonly (readonly [number, number])[] = [
  [-2, 0.022750131948],
  [-1, 0.158655253931],
  [0, 0.5],
  [0.5, 0.691462461274],
  [1.5, 0.933192798731],
  [2, 0.977249868052],
];

test("a deviate lies where the normal distribution cut at ±2 has its quantile", () => {
  const [lowest, highest] = [PHI[0]![1], PHI.at(-1)![1]];
  for (const [x, phi] of PHI) {
    const uniform = Math.min((phi - lowest) / (highest - lowest), 1 - Number.EPSILON);
    expect(truncatedNormal(uniform), `at ${x}`).toBeCloseTo(x, 4);
  }
});

test("deviates have the standard deviation that kernels are widened by, and lie within two", () => {
  const count = 100_003;
  const deviates = Array.from({ length: count }, (_, i) => truncatedNormal((i + 0.5) / count));
  const squares = deviates.reduce((sum, x) => sum + x * x, 0);
  expect(Math.sqrt(squares / count)).toBeCloseTo(TRUNCATED_DEVIATION, 5);
  expect(Math.max(...deviates.map(Math.abs))).toBeLessThanOrEqual(2 + 1e-9);
});
