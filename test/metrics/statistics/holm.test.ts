import { holm } from "@simvlm/metrics";
import { expect, test } from "vitest";

test.each([
  // Holm's own steps by hand: 4·0.01, 3·0.015, 2·0.03, 0.04
  [
    [0.03, 0.01, 0.04, 0.015],
    [0.06, 0.04, 0.06, 0.045],
  ],
  [[0.5], [0.5]],
  [[], []],
  [
    [0.9, 0.6],
    [1, 1],
  ],
  [
    [0.02, 0.02, 0.02],
    [0.06, 0.06, 0.06],
  ],
])("%j", (pValues, expected) => {
  const adjusted = holm(pValues);
  expect(adjusted).toHaveLength(expected.length);
  for (const [i, p] of expected.entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
});
