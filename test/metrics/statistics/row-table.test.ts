import { expect, test } from "vitest";
import { areWhole, RowTable } from "../../../metrics/statistics/row-table.js";

test.each([1, 2, 3, 4, 5, 7, 11])("a table of %i columns sums each set of rows in the rows' order", (width) => {
  const values = Float64Array.from({ length: 6 * width }, (_, i) => (i % width === 1 ? 3 : 1 / (i + 1)));
  const sets = [Int32Array.of(5, 0, 0, 3, 2), Int32Array.of(1), new Int32Array(0)];
  const expected = sets.map((rows) =>
    Float64Array.from({ length: width }, (_, column) => {
      let sum = 0;
      for (const row of rows) sum += values[row * width + column]!;
      return sum;
    }),
  );
  const table = new RowTable(values, width);
  expect(table.count).toBe(6);
  expect(table.sumRows(sets)).toStrictEqual(expected);
});

test("a column of zeros sums to zero, whatever their signs, as from zero on in a plain loop", () => {
  expect(new RowTable(Float64Array.of(-0, 0, -0), 1).sumRows([Int32Array.of(0, 2)])).toStrictEqual([
    Float64Array.of(0),
  ]);
});

test.each([
  ["whole numbers", [1, -3, 0], true],
  ["a fraction", [1, 0.5], false],
  ["what is not finite", [1, Number.POSITIVE_INFINITY], false],
  ["whole numbers whose sum may not be exact", [2 ** 52, 2 ** 52, 1], false],
])("sums of %s: exact in any order or not", (_, values, exact) => {
  expect(areWhole(Float64Array.from(values))).toBe(exact);
});
