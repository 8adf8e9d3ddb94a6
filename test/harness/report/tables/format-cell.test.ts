import { expect, test } from "vitest";
import { formatCell } from "../../../../harness/report/tables/format-cell.js";
import type { Cell, ColumnKind } from "../../../../harness/report/tables/table-data.js";

const format = (cell: Cell, kind: ColumnKind, signed = false) =>
  formatCell(cell, { key: "", title: "", kind, decimals: 2, signed, hint: "" });

test("every kind of cell as text", () => {
  expect(format("a dog", "text")).toBe("a dog");
  expect(format(1.005, "number")).toBe("1.00");
  expect(format([2.5, "*"], "figure")).toBe("2.50*");
  expect(format([1, 0.5, 1.5], "interval")).toBe("1.00 [0.50, 1.50]");
  expect(format([0, 1], "picture")).toBe("");
  expect(format(null, "number")).toBe("");
});

test("a plus where it is asked for; small probabilities are only said to be small", () => {
  expect(format(1, "number", true)).toBe("+1.00");
  expect([0, -1].map((value) => format(value, "number", true))).toEqual(["0.00", "-1.00"]);
  expect(format([1, -1, 2], "interval", true)).toBe("+1.00 [-1.00, +2.00]");
  expect([0.00009, 0.04].map((p) => format(p, "probability"))).toEqual(["< 0.0001", "0.04"]);
  expect(format(0.00009, "number")).toBe("0.00");
});
