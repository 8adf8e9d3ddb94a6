import { expect, test } from "vitest";
import { areWhole, placeSideBySide, RowTable } from "../../../metrics/statistics/row-table.js";

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
  const neighbours = sets.map((rows) => rows.map((row) => (row % 2 === 0 ? row + 1 : row - 1)));
  expect(table.sumRows(neighbours, 1)).toStrictEqual(expected);
});

test("whole columns share numbers where their sums fit, and keep theirs", () => {
  const columns = [
    [1, 0, 7, 60, 3],
    [0, 2, 2 ** 20, 5, 1],
    [0.1, 0.2, 0.3, 0.4, 0.5],
    [-1, 2, 3, 4, 5],
    [2 ** 49, 1, 2, 3, 2 ** 49],
    [9, 8, 7, 6, 5],
    [0, 0, 0, 1, 0],
  ];
  const width = columns.length;
  const values = Float64Array.from({ length: 5 * width }, (_, i) => columns[i % width]![Math.floor(i / width)]!);
  const sets = [Int32Array.of(0, 1, 2, 3, 4), Int32Array.of(2, 2, 2, 2, 2), Int32Array.of(4, 0), new Int32Array(0)];
  const expected = sets.map((rows) =>
    Float64Array.from(columns, (column) => [...rows].reduce((sum, row) => sum + column[row]!, 0)),
  );
  expect(new RowTable(values, width).sumRows(sets)).toStrictEqual(expected);
});

test("more rows than the table has might not fit: they are refused", () => {
  expect(() => new RowTable(Float64Array.of(1, 2), 1).sumRows([Int32Array.of(0, 0, 1)])).toThrow(RangeError);
});

test("tables side by side: a row of each after the other", () => {
  const [one, two] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6)];
  const joined = placeSideBySide([
    { values: one, width: 2 },
    { values: two, width: 1 },
  ]);
  expect(joined).toEqual(Float64Array.of(1, 2, 5, 3, 4, 6));
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
