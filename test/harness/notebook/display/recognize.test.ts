import { classificationAccuracy } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { viewOf } from "../../../../harness/notebook/display/recognize.js";
import { labelCurveView } from "../../../../harness/report/plots/label-curve-plot.js";
import { project } from "../../cli/run-cli.js";
import { comparisonOf } from "../../report/plots/comparison.js";

const BEACH = `${project}fixtures/images/beach.jpg`;
const STREET = `${project}fixtures/images/street.png`;

test("pictures: a path, bytes, pixels, several, with captions", async () => {
  const pixels = { width: 3, height: 2, data: new Uint8Array(18) };
  const { readFileSync } = await import("node:fs");
  for (const picture of [BEACH, readFileSync(STREET), pixels]) {
    const view = await viewOf(picture);
    expect(view.text).toMatch(/^picture \d+ × \d+$/);
    expect([...view.picture!.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  }
  expect((await viewOf([BEACH, STREET])).text.split("\n")).toHaveLength(2);
  const captioned = await viewOf([{ picture: BEACH, caption: "a <b>beach</b>" }]);
  expect(captioned.text).toBe("picture 480 × 360: a <b>beach</b>");
  expect(captioned.markup.markup).not.toContain("<b>");
  await expect(viewOf(`${project}README.md`)).resolves.toMatchObject({ text: `${project}README.md` });
});

test("predictions get their pictures, by id or by place", async () => {
  const rows = [
    { id: "b", prediction: "a beach" },
    { id: "s", prediction: "a street" },
  ];
  for (const images of [{ b: BEACH }, new Map([["b", BEACH]]), [BEACH]]) {
    const { markup, text } = await viewOf(rows, { images });
    expect(markup.markup.match(/<img/g)).toHaveLength(1);
    expect(text).toMatch(/b +│ a beach/);
  }
});

test("captions of a model get their pictures, their log-probability, and nothing else", async () => {
  const generation = { tokens: [1, 2], logProbability: -1.5, tokenLogProbabilities: [], finished: true, score: -1.5 };
  const captions = [{ text: "a <b>beach</b>", logProbability: -1.5, generation }];
  const { markup, text } = await viewOf(captions, { images: [BEACH] });
  expect(markup.markup).toMatch(/<img alt="picture of row 1" src="data:image\/jpeg/);
  expect(text).toMatch(/caption +│ +log-probability/);
  expect(text).toMatch(/-1\.50 │/);
  expect(text).not.toContain("tokens");
});

test("scores stand with their intervals and their signature", async () => {
  const result = classificationAccuracy(["yes", "no", "yes", "no"], ["yes", "no", "yes", "yes"]);
  const { text } = await viewOf(result, { resamples: 50 });
  expect(text).toMatch(/accuracy +│ 0\.7500 \[\d\.\d{4}, \d\.\d{4}\]/);
  expect(text).toContain(result.signature);
  expect((await viewOf([result, result])).text.match(/0\.7500/g)).toHaveLength(2);
});

test("DataFrames are known by their shape", async () => {
  const frame = {
    columns: ["name", "score"],
    index: [0, 1],
    values: [
      ["a", 1.5],
      ["b", Number.NaN],
    ],
  };
  const { text } = await viewOf(frame);
  expect(text).toMatch(/name │ score/);
  expect(text).toMatch(/b +│ +│/);
  expect((await viewOf({ ...frame, index: ["x", "y"] })).text).toMatch(/x +│ a/);
  expect((await viewOf({ columns: ["score"], index: [0, 1], values: [1, 2] })).text).toMatch(/│ +2 │/);
});

test("a comparison shows its plot, scores and tables in one view that brings each script once", async () => {
  const comparison = comparisonOf(["zero-shot", "fine-tuned"]);
  const view = await viewOf({ ...comparison, paper: [] });
  expect(view.libraries).toEqual(["plotly", "tabulator"]);
  expect(view.picture).toBeDefined();
  expect(view.text).toContain("zero-shot, all: 0.5000 [0.4000, 0.7000]");
  expect(view.text).toMatch(/in-domain +│ fine-tuned │ .* │ +39 │/);
});

test("a comparison with slices shows those, too: a plot of differences, scores, and which slices are too small", async () => {
  const { scores, ...comparison } = comparisonOf(["zero-shot", "fine-tuned"]);
  const domains = ["in-domain", "near-domain"];
  const sliced = domains.flatMap((subset) => scores.filter((row) => row.subset === subset));
  const slices = {
    by: [
      {
        slicing: "sky",
        about: "column sky of some.csv",
        slices: domains.map((name, i) => ({ name, examples: 4 + 2 * i })),
        without: 30,
      },
    ],
    scores: sliced.map((row) => ({ slicing: "sky", ...row })),
    differences: domains.map((subset, i) => ({
      ...{ slicing: "sky", run: "fine-tuned", against: "zero-shot", subset, examples: 4 + 2 * i, score: "CIDEr" },
      ...{ value: 0.8, againstValue: 0.6, difference: 0.2, low: -0.1, high: 0.3, pBootstrap: 0.4, pPermutation: 0.5 },
    })),
  };
  const { text } = await viewOf({ ...comparison, scores, slices });
  expect(text).toContain("CIDEr by sky, minus zero-shot, with 95 % intervals");
  expect(text).toContain("fine-tuned, near-domain: +0.2000 [-0.1000, +0.3000]");
  expect(text).toMatch(/sky +│ in-domain +│ zero-shot .*│ +4, too few/);
  expect(text).toMatch(/sky +│ near-domain +│ zero-shot .*│ +6 │/);
  expect(text).toContain("sky: column sky of some.csv. In none of its slices: 30 examples.");
  expect(text).toContain("Differences on slices from zero-shot");
});

test("a view stays what it is; plain values are tables and text", async () => {
  const view = await labelCurveView([{ series: "a", x: 1, value: 1 }]);
  expect(await viewOf(view)).toBe(view);
  expect((await viewOf({ layers: 4, heads: { count: 2 } })).text).toMatch(/heads +│ \{"count":2\}/);
  expect((await viewOf([1, 2])).text).toBe("[ 1, 2 ]");
  expect((await viewOf(undefined)).text).toBe("undefined");
});

test("a real DataFrame of danfojs", { timeout: 120_000 }, async () => {
  const { DataFrame } = await import("danfojs-node");
  const frame = new DataFrame([
    { caption: "a dog", CIDEr: 1.25 },
    { caption: "a cat", CIDEr: 0.5 },
  ]);
  expect((await viewOf(frame)).text).toMatch(/a dog +│ +1\.25/);
  expect((await viewOf(frame.column("CIDEr"))).text).toMatch(/0\.50/);
});
