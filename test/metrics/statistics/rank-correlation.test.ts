import { correlateRanks, rank } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { readFixture } from "../fixture.js";

interface Golden {
  first: number[];
  second: number[];
  weights?: number[];
  tau_b: number;
  tau_c: number;
  spearman: number;
}

const CLOSE = 12;

describe("scipy's numbers", () => {
  const rows = readFixture<Golden[]>("rank-correlation.json");

  test.each(rows.map((row, i) => [i, row.first.length, row] as const))("row %i, %i items", (_, __, golden) => {
    const weights = golden.weights && Int32Array.from(golden.weights);
    const found = correlateRanks(rank(golden.first), rank(golden.second), weights);
    for (const name of ["tau_b", "tau_c", "spearman"] as const) expect(found[name]).toBeCloseTo(golden[name], CLOSE);
    const swapped = correlateRanks(rank(golden.second), rank(golden.first), weights);
    expect(swapped.tau_b).toBeCloseTo(golden.tau_b, CLOSE);
  });
});

test("weights count an item so often", () => {
  const [first, second, weights] = [
    [3, 1, 2, 2],
    [1, 1, 5, 2],
    [2, 0, 3, 1],
  ];
  const repeat = (values: number[]) => values.flatMap((value, i) => new Array<number>(weights[i]!).fill(value));
  expect(correlateRanks(rank(first), rank(second), Int32Array.from(weights))).toEqual(
    correlateRanks(rank(repeat(first)), rank(repeat(second))),
  );
});

test("what does not vary has no correlation", () => {
  const found = correlateRanks(rank([1, 1, 1]), rank([1, 2, 3]));
  expect(Object.values(found)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
