import { describe, expect, test } from "vitest";
import { FILTERS, matchesWords } from "../../../../harness/report/browser/table/filters.js";
import { parseRange } from "../../../../harness/report/browser/table/ranges.js";
import { compareCells } from "../../../../harness/report/browser/table/render-cell.js";
import { toCsv } from "../../../../harness/report/browser/table/to-csv.js";
import type { Cell, ColumnKind, CompleteColumn } from "../../../../harness/report/tables/table-data.js";

const column = (kind: ColumnKind, title: string): CompleteColumn => {
  return { key: title, title, kind, decimals: 2, signed: false, hint: "" };
};

describe("a range typed above a column of numbers", () => {
  const values = [-2, -0.5, 0, 0.2, 0.5, 1, 20];

  test.each<[string, number[]]>([
    ["0.2–0.8", [0.2, 0.5]],
    ["0.2 to 1", [0.2, 0.5, 1]],
    ["0.5..", [0.5, 1, 20]],
    ["..0", [-2, -0.5, 0]],
    ["-2--0.5", [-2, -0.5]],
    ["> 0.5", [1, 20]],
    ["≤0", [-2, -0.5, 0]],
    ["= 1", [1]],
    ["0.5", [0.5]],
    [">= 2e1", [20]],
  ])("%s", (text, passing) => {
    expect(values.filter(parseRange(text)!)).toEqual(passing);
  });

  test.each(["nonsense", "", "..", "> x", "1 2"])("%j cannot be read, and lets every cell pass", (text) => {
    expect(parseRange(text)).toBeUndefined();
    expect(FILTERS.number!.passes(text, null)).toBe(true);
  });

  test("is about an interval's and a figure's value, and no empty cell lies in it", () => {
    expect(FILTERS.interval!.passes("> 0.5", [0.6, 0.1, 0.9])).toBe(true);
    expect(FILTERS.interval!.passes("> 0.5", [0.4, 0.1, 0.9])).toBe(false);
    expect(FILTERS.figure!.passes("1", [1, "*"])).toBe(true);
    expect(FILTERS.number!.passes("> 0.5", null)).toBe(false);
  });
});

test("words are found in any order and case", () => {
  expect(matchesWords("A brown dog", "DOG br")).toBe(true);
  expect(matchesWords("A brown dog", "dog cat")).toBe(false);
});

test("cells without a value stand last in both directions; numbers in texts count by their size", () => {
  const sort = (cells: readonly Cell[], direction: "asc" | "desc") => {
    const sign = direction === "desc" ? -1 : 1;
    return [...cells].sort((a, b) => sign * compareCells(a, b, direction));
  };
  expect(sort([2, null, 1, 10], "asc")).toEqual([1, 2, 10, null]);
  expect(sort([2, null, 1, 10], "desc")).toEqual([10, 2, 1, null]);
  expect(sort(["image 10", "image 9"], "asc")).toEqual(["image 9", "image 10"]);
  expect(sort([[2, "*"], [1, ""], null], "asc")).toEqual([[1, ""], [2, "*"], null]);
});

test("comma-separated values: three columns for an interval, one for a figure, none for a picture", () => {
  const columns = [
    column("text", 'a "title"'),
    column("interval", "CIDEr"),
    column("figure", "paper"),
    column("picture", "shown"),
    column("number", "p"),
  ];
  const rows: Cell[][] = [
    ["one, two", [1, 0.5, 1.5], [2, "*"], [0, 1], 0],
    [null, null, null, [], null],
  ];
  expect(toCsv(columns, rows).split("\r\n")).toEqual([
    '"a ""title""",CIDEr,CIDEr low,CIDEr high,paper,p',
    '"one, two",1,0.5,1.5,2*,0',
    ",,,,,",
    "",
  ]);
});

test("in comma-separated values no text is a formula, and numbers stay numbers", () => {
  const columns = [
    column("text", "=title"),
    column("category", "kind"),
    column("figure", "paper"),
    column("number", "n"),
  ];
  const rows: Cell[][] = [
    ["=1+1", "+a", [-1.5, "+cmd|' /C calc'!A0"], -0.5],
    ["@SUM(A1)", "\t=1", [-2, ""], 1e-7],
    ["\r=1", "-2+3", [3, "*"], 0],
    ["-5", "＝1", [3, "*"], -12],
    ["a = b", "'=1", null, null],
  ];
  expect(toCsv(columns, rows).split("\r\n").slice(0, -1)).toEqual([
    "'=title,kind,paper,n",
    "'=1+1,'+a,'-1.5+cmd|' /C calc'!A0,-0.5",
    "'@SUM(A1),\"'\t=1\",-2,1e-7",
    "\"'\r=1\",'-2+3,3*,0",
    "-5,'＝1,3*,-12",
    "a = b,''=1,,",
  ]);
});
