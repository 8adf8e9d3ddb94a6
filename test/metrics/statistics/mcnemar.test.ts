import { mcNemar } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

describe("McNemar's test", () => {
  /** Three examples that both have right, two that neither has, and the discordant ones. */
  const run = (onlyFirst: number, onlySecond: number) => {
    const fill = (count: number, value: number) => new Array<number>(count).fill(value);
    return mcNemar(
      Float64Array.of(1, 1, 1, 0, 0, ...fill(onlyFirst, 1), ...fill(onlySecond, 0)),
      Float64Array.of(1, 1, 1, 0, 0, ...fill(onlyFirst, 0), ...fill(onlySecond, 1)),
    );
  };

  /** Exact binomial tails, from Python's fractions. */
  test.each([
    [0, 0, 1],
    [1, 0, 1],
    [0, 5, 0.0625],
    [3, 10, 0.09228515625],
    [6, 6, 1],
    [20, 40, 0.01348929373119186],
    [2400, 2600, 0.004883649737517518],
    [2500, 2500, 1],
    [2350, 2650, 2.3401385106429397e-5],
    [900, 100, 1.3403435580012592e-161],
    [5000, 0, 0],
  ])("%i against %i", (onlyFirst, onlySecond, pValue) => {
    const result = run(onlyFirst, onlySecond);
    expect([result.onlyFirst, result.onlySecond]).toEqual([onlyFirst, onlySecond]);
    if (pValue === 0) expect(result.pValue).toBe(0);
    else expect(result.pValue / pValue).toBeCloseTo(1, 9);
    expect(run(onlySecond, onlyFirst).pValue).toBe(result.pValue);
  });

  test("lists of different lengths are refused", () => {
    expect(() => mcNemar(Float64Array.of(1), Float64Array.of(1, 0))).toThrow(
      expect.objectContaining({ code: "not-paired" }),
    );
  });
});
