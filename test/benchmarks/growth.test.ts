import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plotView } from "simvlm/report";
import { describe, expect, test } from "vitest";
import { figureOf, PICTURES } from "../bench/growth/draw-growth.js";
import { fitGrowth, nameGrowth, speedUps } from "../bench/growth/fit.js";
import { AXES, type AxisKey, type Growth, type Point } from "../bench/growth/growth-file.js";
import { describeGrowth, replaceGrowth } from "../bench/growth/growth-page.js";
import { measureSizes } from "../bench/growth/measure-data.js";
import { project } from "../documents.js";
import { MACHINE } from "./records.js";

const SIZES = [1, 10, 100, 1000, 10_000, 40_000];
/** Rounds that err by up to two per cent, each time the same. */
const pointsOf = (cost: (size: number) => number, sizes: readonly number[] = SIZES): Point[] =>
  sizes.map((size, i) => ({
    size,
    times: [0, 1, 2].map((round) => cost(size) * (1 + 0.02 * Math.sin(7 * i + 3 * round))),
    megabytes: 80 + Math.round(size / 200),
  }));

describe("the law that times go by", () => {
  test.each([
    ["linear", 1, (n: number) => 300 + 0.05 * n],
    ["linear", 1, (n: number) => 2 * n],
    ["more than linear", 2, (n: number) => 300 + 1e-4 * n ** 2],
    ["more than linear", 1.5, (n: number) => 300 + 0.01 * n ** 1.5],
    ["less than linear", 0.5, (n: number) => 100 + 20 * n ** 0.5],
  ])("%s, exponent %s", (name, exponent, cost) => {
    const fit = fitGrowth(pointsOf(cost))!;
    expect(Math.abs(fit.exponent - exponent)).toBeLessThan(0.05);
    expect(fit.low).toBeLessThanOrEqual(exponent);
    expect(fit.high).toBeGreaterThanOrEqual(exponent);
    expect(nameGrowth(fit)).toBe(name);
  });

  test("finds the fixed cost and the scale", () => {
    const fit = fitGrowth(SIZES.map((size) => ({ size, times: [300 + 0.05 * size, 300 + 0.05 * size] })))!;
    expect(fit.exponent).toBe(1);
    expect(fit.fixed).toBeCloseTo(300, 6);
    expect(fit.scale).toBeCloseTo(0.05, 9);
  });

  test("noise widens the interval", () => {
    const noisy = pointsOf((n) => 300 + 0.05 * n).map(({ size, times }, i) => ({
      size,
      times: times.map((time, round) => time * (1 + 0.3 * Math.sin(5 * i + 2 * round))),
    }));
    const [narrow, wide] = [fitGrowth(pointsOf((n) => 300 + 0.05 * n))!, fitGrowth(noisy)!];
    expect(wide.high - wide.low).toBeGreaterThan(2 * (narrow.high - narrow.low));
  });

  test.each([
    ["linear", 0.95, 1.05],
    ["less than linear", 0.4, 0.9],
    ["more than linear", 1.3, 1.5],
    ["cannot be told", 0.1, 3],
    ["cannot be told", 0.6, 1.1],
  ])("%s: an interval from %s to %s", (name, low, high) => {
    expect(nameGrowth({ exponent: 1, low, high, fixed: 0, scale: 1 })).toBe(name);
  });

  test("three sizes cannot tell three numbers", () => {
    expect(fitGrowth(pointsOf((n) => n, [1, 2, 4]))).toBeUndefined();
  });
});

const ALL_KEYS = Object.keys(AXES) as AxisKey[];
const GROWTH: Growth = {
  ...{ measured: "2026-01-02T03:04:05.000Z", commit: "0123456789abcdef", machine: MACHINE },
  versions: { node: "20.20.2", onnxruntime: "1.30.0" },
  others: 0.02,
  axes: ALL_KEYS.map((key) => ({
    key,
    points:
      key === "processes"
        ? pointsOf((n) => 60_000 / Math.min(n, 2), [1, 2, 4])
        : pointsOf((n) => 200 + 100 * n, key === "captions" ? SIZES : [1, 2, 4, 8]),
  })),
};

test("the page: exponents, speed-up, what an hour is enough for and what a million take", () => {
  const page = describeGrowth(GROWTH);
  expect(page).toMatch(
    /^Measured on 2026-01-02 at commit 0123456789ab: 2 processors \(Abacus\).* medians of 3 rounds\.$/m,
  );
  expect(page).toMatch(
    /^\| captions scored.* \| 1 → 40,000 captions \| 300 ms → 6\d min \| 1\.00 \[.*\] \| linear \| 80 → 280 MB \|$/m,
  );
  expect(page).toMatch(/times as fast as one process: 1: 1\.00, 2: (?:1\.9|2\.0)\d, 4: (?:1\.9|2\.0)\d\./);
  // 40,000 captions in 4,000 s; 1 MB for each 200.
  expect(page).toMatch(/^\| captions scored, BLEU, ROUGE-L and CIDEr-D \| 3\d,\d00 \| 28 h \| 5\.1 GB \|$/m);
  // eight captions in a second
  expect(page).toMatch(/^\| captions of 20 tokens by `base`, made \| 2\d,\d00 \| 3[45] h \| 80 MB \|$/m);
  expect(describeGrowth({ ...GROWTH, others: 1.34 })).toMatch(/Other programs kept 1\.3 of the processors busy/);
});

test("a document's part between the marks is replaced, and nothing else", () => {
  const replaced = replaceGrowth("# Cost\n\n<!-- growth -->\n\nold\n\n<!-- /growth -->\n\nthe end\n", GROWTH);
  expect(replaced).toBe(`# Cost\n\n<!-- growth -->\n\n${describeGrowth(GROWTH)}\n\n<!-- /growth -->\n\nthe end\n`);
  expect(replaceGrowth(replaced, GROWTH)).toBe(replaced);
  expect(() => replaceGrowth("# Cost\n", GROWTH)).toThrow(/lacks <!-- growth -->/);
});

test("pictures: each axis is in one of them, with its rounds' spread, its law and its memory", async () => {
  expect(PICTURES.flatMap(({ keys }) => keys).sort()).toEqual([...ALL_KEYS].sort());
  for (const picture of PICTURES) {
    const figure = figureOf(picture, GROWTH);
    const [times, memory] = figure.panels;
    const measured = times!.series.filter(({ pale }) => !pale);
    expect(measured).toHaveLength(picture.keys.length);
    expect(memory!.series).toHaveLength(picture.keys.length);
    for (const { y, low, high } of measured) {
      for (const [i, at] of y.entries()) expect(low![i]! <= at && at <= high![i]!).toBe(true);
    }
    expect((await plotView(figure)).picture!.length).toBeGreaterThan(1000);
  }
  const [law] = figureOf(PICTURES[0]!, GROWTH).panels[0]!.series;
  expect(law).toMatchObject({ pale: true, draw: "line" });
  expect(law!.y.at(-1)! / 4000).toBeCloseTo(1, 1);
});

test("several processes are as many times as fast", () => {
  expect(
    speedUps([
      { size: 1, times: [10, 30, 20] },
      { size: 2, times: [10] },
    ]),
  ).toEqual([1, 2]);
});

test("what docs/benchmarks.md says of growth is what growth.json has", () => {
  const growth = JSON.parse(readFileSync(join(project, "test/bench/growth/growth.json"), "utf8")) as Growth;
  const text = readFileSync(join(project, "docs/benchmarks.md"), "utf8");
  expect(replaceGrowth(text, growth)).toBe(text);
  expect(growth.axes.map(({ key }) => key).sort()).toEqual([...ALL_KEYS].sort());
  for (const { name } of PICTURES) expect(existsSync(join(project, `docs/images/${name}.png`)), name).toBe(true);
});

test("rounds go through all sizes, after one that warms up, whose memory counts", async () => {
  const seen: number[] = [];
  const axis = await measureSizes("batch", [1, 8], 2, async (size) => {
    seen.push(size);
    return { ms: size + seen.length, megabytes: seen.length < 3 ? size : 100 };
  });
  expect(seen).toEqual([1, 8, 1, 8, 1, 8]);
  expect(axis.points).toEqual([
    { size: 1, times: [4, 6], megabytes: 1 },
    { size: 8, times: [12, 14], megabytes: 8 },
  ]);
});
