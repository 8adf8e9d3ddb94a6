import { expect, test } from "vitest";
import { splitForPaper } from "../../../../harness/report/browser/table/split-for-paper.js";
import { prepareTable } from "../../../../harness/report/tables/cells.js";

const interval = { value: 0.12345, low: 0.1, high: 0.15 };
function tableOf(scores: number, texts: object = { group: "in-domain", run: "zero-shot" }) {
  const cells = Array.from({ length: scores }, (_, i) => [`score ${i}`, interval] as const);
  const row = { ...texts, ...Object.fromEntries(cells) };
  return prepareTable([row, row]);
}

test("a table that has room is whole, in letters as large as it leaves", async () => {
  expect(splitForPaper(await tableOf(1))).toEqual({ size: 9, parts: [[0, 1, 2]] });
  const { size, parts } = splitForPaper(await tableOf(5));
  expect(size).toBeGreaterThanOrEqual(6.5);
  expect(size).toBeLessThan(9);
  expect(parts).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
});

test("a table of many columns is split into parts of like length, which begin with what a row is", async () => {
  const { size, parts } = splitForPaper(await tableOf(30));
  expect(size).toBe(8);
  expect(parts.every(([first, second]) => first === 0 && second === 1)).toBe(true);
  expect(parts.flatMap((part) => part.slice(2))).toEqual(Array.from({ length: 30 }, (_, i) => i + 2));
  const lengths = parts.map(({ length }) => length);
  expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(2);
});

test("a long label is broken between its words, so that every part still says whose row it is", async () => {
  const run = "a long label of a run that says everything about how it was trained, 100k steps";
  const tableOfRuns = (scores: number) => {
    const names = Array.from({ length: scores }, (_, i) => `score ${i}`);
    const row = { outcome: "win", run, ...Object.fromEntries(names.map((name) => [name, interval])) };
    const labels = [{ key: "outcome", kind: "category" } as const, { key: "run", kind: "category" } as const];
    return prepareTable([row], [...labels, ...names.map((key) => ({ key }))]);
  };
  const { parts } = splitForPaper(await tableOfRuns(30));
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every((part) => part.includes(0) && part.includes(1) && part.length > 2)).toBe(true);
  expect(splitForPaper(await tableOfRuns(3)).parts).toHaveLength(1);
});

test("without a text the first column comes again, and names that take too much room do not", async () => {
  const numbers = splitForPaper(await tableOf(30, {}));
  expect(numbers.parts.length).toBeGreaterThan(2);
  expect(numbers.parts.every(([first]) => first === 0)).toBe(true);
  const name = "n".repeat(30);
  const long = splitForPaper(await tableOf(30, { run: name, file: name, data: name }));
  expect(long.parts.every((part) => part.includes(0) && part.includes(1))).toBe(true);
  expect(long.parts.filter((part) => part.includes(2))).toHaveLength(1);
});
