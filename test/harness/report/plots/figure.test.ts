import { expect, test } from "vitest";
import { scoreDistributionView } from "../../../../harness/report/plots/distribution.js";
import { drawFigureSvg } from "../../../../harness/report/plots/draw.js";
import { type Figure, styleOf } from "../../../../harness/report/plots/figure.js";
import { labelCurveView } from "../../../../harness/report/plots/label-curve-plot.js";
import { lossCurveView, smooth } from "../../../../harness/report/plots/loss-curve.js";
import { pairedDifferencesView } from "../../../../harness/report/plots/paired-differences.js";
import { roundTicks } from "../../../../harness/report/plots/scale.js";
import { thin } from "../../../../harness/report/plots/thin.js";
import type { View } from "../../../../harness/report/view.js";
import { atRest } from "../at-rest.js";

interface Plotly {
  traces: {
    name: string;
    x: number[];
    y: number[];
    customdata?: string[];
    error_y?: { array: number[]; arrayminus: number[] };
  }[];
  layout: { shapes: { type: string; y0: number; y1: number }[]; yaxis2?: object } & Record<
    string,
    { tickvals?: number[]; ticktext?: string[]; type: string }
  >;
}

const plotlyOf = ({ markup: { markup } }: View) =>
  JSON.parse(/<script type="application\/json">(.*?)<\/script>/.exec(markup)![1]!) as Plotly;

const FIGURE: Figure = {
  title: "A & B",
  panels: [
    {
      height: 100,
      x: { title: "step", scale: "log" },
      y: { title: "loss", include: [0] },
      series: [
        {
          name: "a",
          style: styleOf(0),
          draw: "curve",
          x: [1, 10, 100],
          y: [3, 2, 1],
          low: [2, 1, 0.5],
          high: [4, 3, 2],
        },
        { name: "b", style: styleOf(1), draw: "steps", x: [1, 10], y: [1, 1] },
      ],
      rules: [{ axis: "y", at: 2, low: 1.5, high: 2.5, style: styleOf(2), label: "mean" }],
    },
  ],
};

test("ticks are round numbers that lie inside", () => {
  expect(roundTicks(0, 1, 6).map(({ label }) => label)).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  expect(roundTicks(-3, 7, 3).map(({ at }) => at)).toEqual([0, 5]);
  expect(roundTicks(980, 1020, 5).map(({ label }) => label)).toEqual(["980", "990", "1000", "1010", "1020"]);
});

test("the drawing at rest", () => {
  // Outlines of glyphs are long and of another file's making.
  const svg = drawFigureSvg(FIGURE).replace(/(<path fill="#(?:1b1b1f|55555e)" d=")[^"]+/g, "$1glyphs");
  expect(svg).toMatchSnapshot();
});

test("smoothing keeps a constant, a straight line inside, and the length", () => {
  expect(smooth([2, 2, 2, 2], 3)).toEqual([2, 2, 2, 2]);
  expect(smooth([0, 1, 2, 3, 4, 5], 3).slice(1, -1)).toEqual([1, 2, 3, 4]);
  const noisy = Array.from({ length: 100 }, (_, i) => (i % 2 ? 1 : -1));
  for (const value of smooth(noisy, 20)) expect(Math.abs(value)).toBeLessThan(0.2);
});

test("loss curves: several runs on the same axes, the learning rate below, other lines left out", async () => {
  const points = Array.from({ length: 100 }, (_, step) => ({ step, loss: 5 - step / 50, learningRate: step / 1000 }));
  const view = await lossCurveView([
    { name: "first", points: [...points, { step: 100 }] },
    { name: "second", points: points.slice(0, 20) },
  ]);
  const { traces, layout } = plotlyOf(view);
  expect(traces.map(({ name }) => name)).toEqual(["first", "first", "second", "first", "second"]);
  expect(traces[0]!.y).toEqual(points.map(({ loss }) => Number(loss.toFixed(6))));
  expect(traces[3]!.y).toEqual(points.map(({ learningRate }) => learningRate));
  expect(layout.yaxis2).toBeDefined();
  expect(
    plotlyOf(await lossCurveView(points.slice(0, 3).map(({ step, loss }) => ({ step, loss })))).layout.yaxis2,
  ).toBeUndefined();
  expect(view.text).toContain("loss, second: first 5, last 4.62");
});

test("more points than can be seen are thinned out, the ends stay", () => {
  expect(thin([1, 2, 3], 5)).toEqual([1, 2, 3]);
  const thinned = thin(Array.from({ length: 10_000 }, (_, i) => i));
  expect(thinned).toHaveLength(1500);
  expect([thinned[0], thinned.at(-1)]).toEqual([0, 9999]);
  expect(new Set(thinned).size).toBe(1500);
});

test("a distribution's shares add up to one, over the same bins for all", async () => {
  const view = await scoreDistributionView(
    [
      { name: "a", values: [0, 0.1, 0.5, 1] },
      { name: "b", values: Float64Array.of(0.9, 2) },
    ],
    { score: "CIDEr", bins: 10 },
  );
  const { traces } = plotlyOf(view);
  for (const { y } of traces) expect(y.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(traces[0]!.x).toEqual(traces[1]!.x);
  expect(traces[0]!.x.at(-1)).toBe(2);
  expect(traces[0]!.y.slice(0, 3)).toEqual([0, 0.5, 0]);
  await expect(Promise.resolve().then(() => scoreDistributionView([], { bins: 0 }))).rejects.toMatchObject({
    code: "bad-option",
  });
});

test("paired differences: sorted, wins and losses counted, the mean with its interval", async () => {
  const [run, against] = [
    { name: "fine-tuned", values: [1, 2, 3, 4] },
    { name: "zero-shot", values: [0, 3, 3, 1] },
  ];
  const view = await pairedDifferencesView(run, against, { score: "CIDEr", ids: ["p", "q", "r", "s"], resamples: 200 });
  const { traces, layout } = plotlyOf(view);
  expect(traces.map(({ name, y }) => [name, y])).toEqual([
    ["better (2)", [3, 1]],
    ["worse (1)", [-1]],
  ]);
  expect(traces[0]!.customdata).toEqual(["s: +3.0000", "p: +1.0000"]);
  expect(layout.shapes.find(({ type }) => type === "line")!.y0).toBe(0.75);
  const band = layout.shapes.find(({ type }) => type === "rect")!;
  expect(band.y0).toBeLessThan(0.75);
  expect(band.y1).toBeGreaterThan(0.75);
  expect(view.text).toContain("CIDEr: fine-tuned minus zero-shot, 4 examples (1 equal)");
  await expect(
    Promise.resolve().then(() => pairedDifferencesView(run, { name: "z", values: [1] })),
  ).rejects.toMatchObject({ code: "not-paired" });
});

test("label curves: a logarithmic axis on which zero labels stand left of all others", async () => {
  const view = await labelCurveView([
    { series: "pretrained", x: 1000, value: 0.8, low: 0.7, high: 0.85 },
    { series: "pretrained", x: 0, value: 0.3 },
    { series: "pretrained", x: 100, value: 0.5 },
    { series: "from scratch", x: 100, value: 0.2 },
  ]);
  const { traces, layout } = plotlyOf(view);
  expect(layout.xaxis).toMatchObject({ type: "log", tickvals: [10, 100, 1000], ticktext: ["0", "100", "1,000"] });
  expect(traces[0]).toMatchObject({ name: "pretrained", x: [10, 100, 1000], y: [0.3, 0.5, 0.8] });
  expect(traces[0]!.error_y!.array[2]).toBeCloseTo(0.05);
  expect(traces[0]!.error_y!.arrayminus[2]).toBeCloseTo(0.1);
  expect(traces).toHaveLength(2);
});

test("a plot at rest is a picture that says its numbers; the same every time", async () => {
  const points = [{ series: "<b>a</b>", x: 10, value: 0.5 }];
  const [view, again] = [await labelCurveView(points), await labelCurveView(points)];
  expect(view).toEqual(again);
  expect([...view.picture!.slice(1, 4)]).toEqual([..."PNG"].map((letter) => letter.charCodeAt(0)));
  expect(view.picture!.length).toBeLessThan(30_000);
  expect(atRest(view)).toMatchSnapshot();
});
