import { describe, expect, test } from "vitest";
import { exp, log, pow, root } from "../../../metrics/statistics/exact.js";
import { readFixture } from "../fixture.js";

const FUNCTIONS: Readonly<Record<string, (x: number, y: number) => number>> = {
  log,
  exp,
  pow,
  root: (x, order) => root(x, order as 1 | 2 | 3 | 4),
};

const golden = readFixture<[name: string, args: [number, number], rounded: number][]>("exact.json");

test.each(Object.keys(FUNCTIONS))("%s is correctly rounded", (name) => {
  const rows = golden.filter(([of]) => of === name);
  expect(rows.length).toBeGreaterThanOrEqual(30);
  const computed = rows.map(([, args]) => [name, args, FUNCTIONS[name]!(...args)]);
  expect(computed).toEqual(rows);
});

test("the table has logarithms that Math.log gets wrong", () => {
  const wrong = golden.filter(([name, [x], rounded]) => name === "log" && Math.log(x) !== rounded);
  expect(wrong.length).toBeGreaterThan(20);
});

describe("edges", () => {
  test.each([
    ["log 0", log(0), -Infinity],
    ["log 1", log(1), 0],
    ["log -1", log(-1), NaN],
    ["log Infinity", log(Infinity), Infinity],
    ["log NaN", log(NaN), NaN],
    ["exp 0", exp(0), 1],
    ["exp -0", exp(-0), 1],
    ["exp Infinity", exp(Infinity), Infinity],
    ["exp -Infinity", exp(-Infinity), 0],
    ["exp NaN", exp(NaN), NaN],
    ["exp 710", exp(710), Infinity],
    ["exp -746", exp(-746), 0],
    ["exp of sacreBLEU's log 0", exp(-9999999999), 0],
    ["0 ** 2", pow(0, 2), 0],
    ["0 ** 0", pow(0, 0), 1],
    ["5 ** 0", pow(5, 0), 1],
    ["1 ** 5", pow(1, 5), 1],
    ["(-2) ** 3", pow(-2, 3), -8],
    ["Infinity ** 2", pow(Infinity, 2), Infinity],
    ["2 ** Infinity", pow(2, Infinity), Infinity],
    ["2 ** -Infinity", pow(2, -Infinity), 0],
    ["10 ** 400", pow(10, 400), Infinity],
    ["(1e301) ** 0.5", pow(1e301, 0.5), Math.sqrt(1e301)],
    ["cube root of 0", root(0, 3), 0],
    ["fourth root of 0", root(0, 4), 0],
    ["cube root of 1", root(1, 3), 1],
    ["fourth root of 1", root(1, 4), 1],
  ])("%s", (_, computed, expected) => {
    expect(computed).toBe(expected);
  });
});

test("root is pow with the double nearest 1/order, as the reference computes it", () => {
  for (const order of [1, 2, 3, 4] as const) {
    for (let guesses = 1; guesses <= 60; guesses++) {
      const precision = (7 + 1e-15) / (guesses + 6 + 1e-9);
      expect(root(precision, order)).toBe(pow(precision, 1 / order));
    }
  }
});
