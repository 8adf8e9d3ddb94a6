import { expect, test } from "vitest";
import { pairwiseMean, pairwiseSum } from "../../../metrics/statistics/summation.js";

/** 1, 1/2, 1/3, …: division is exact to the last bit everywhere, and every order of additions gives another sum. */
function reciprocals(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => 1 / (i + 1));
}

/** numpy.sum of the same values. */
const NUMPY_SUMS = [
  [0, 0],
  [1, 1],
  [3, 1.8333333333333333],
  [7, 2.5928571428571425],
  [8, 2.7178571428571425],
  [9, 2.8289682539682537],
  [20, 3.597739657143682],
  [127, 5.425334592589172],
  [128, 5.433147092589173],
  [129, 5.440899030573669],
  [130, 5.4485913382659765],
  [136, 5.493542515771517],
  [137, 5.50084178584451],
  [300, 6.282663880299504],
  [1000, 7.485470860550345],
  [40504, 11.18638402296029],
] as const;

test.each(NUMPY_SUMS)("the sum of %i values is numpy's", (count, expected) => {
  expect(pairwiseSum(reciprocals(count))).toBe(expected);
});

test("a plain loop gives other sums: the order matters", () => {
  const differing = NUMPY_SUMS.filter(
    ([count, expected]) => reciprocals(count).reduce((a, b) => a + b, 0) !== expected,
  );
  expect(differing.length).toBeGreaterThanOrEqual(7);
});

/** The block of up to 128 values written out: eight lanes, their tree, the tail one by one. */
function sumBlock(values: Float64Array): number {
  const x = [...values];
  const whole = x.length - (x.length % 8);
  const lane = (k: number) =>
    x
      .slice(0, whole)
      .filter((_, i) => i % 8 === k)
      .reduce((a, b) => a + b);
  const tree = lane(0) + lane(1) + (lane(2) + lane(3)) + (lane(4) + lane(5) + (lane(6) + lane(7)));
  return x.slice(whole).reduce((a, b) => a + b, tree);
}

test("the order of additions, written out", () => {
  const [x3, x8, x20, x130, x300] = [3, 8, 20, 130, 300].map(reciprocals) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [a, b, c, d, e, f, g, h] = x8 as unknown as [number, number, number, number, number, number, number, number];
  expect(pairwiseSum(x3)).toBe(x3[0]! + x3[1]! + x3[2]!);
  expect(pairwiseSum(x8)).toBe(a + b + (c + d) + (e + f + (g + h)));
  expect(pairwiseSum(x20)).toBe(sumBlock(x20));
  // 130 / 2 = 65, down to 64; 300 / 2 = 150, down to 144, whose halves are 72 and 72; 156 / 2 = 78, down to 72
  expect(pairwiseSum(x130)).toBe(sumBlock(x130.subarray(0, 64)) + sumBlock(x130.subarray(64)));
  expect(pairwiseSum(x300)).toBe(
    sumBlock(x300.subarray(0, 72)) +
      sumBlock(x300.subarray(72, 144)) +
      (sumBlock(x300.subarray(144, 216)) + sumBlock(x300.subarray(216))),
  );
});

test.each([3, 20, 130, 300])("a column of a table of %i rows sums as the column alone", (count) => {
  const column = reciprocals(count);
  const table = new Float64Array(3 * count).fill(NaN);
  for (const [row, value] of column.entries()) table[3 * row + 1] = value;
  expect(pairwiseSum(table, 1, count, 3)).toBe(pairwiseSum(column));
});

test("the mean of nothing is NaN, else the sum over the count", () => {
  expect(pairwiseMean(new Float64Array(0))).toBeNaN();
  expect(pairwiseMean(reciprocals(300))).toBe(0.02094221293433168);
});
