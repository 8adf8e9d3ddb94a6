import { expect, test } from "vitest";
import { dateTicks, scoreHistoryFigure, scoreHistoryView } from "../../../../harness/report/plots/score-history.js";

const at = (text: string) => Date.parse(text);

test("a line for each system through its scores, whatever order they come in", () => {
  const points = [
    { name: "b", date: "2026-03-02T00:00:00Z", value: 2, label: "b: 2" },
    { name: "a", date: "2026-03-05T00:00:00Z", value: 3, low: 2.5, high: 3.5, label: "a: 3" },
    { name: "a", date: "2026-03-01T00:00:00Z", value: 1, label: "a: 1" },
  ];
  const { panels } = scoreHistoryFigure(points, { title: "CIDEr of data", score: "CIDEr" });
  expect(panels[0]!.series).toMatchObject([
    { name: "a", x: [at("2026-03-01T00:00Z"), at("2026-03-05T00:00Z")], y: [1, 3], low: [1, 2.5], high: [1, 3.5] },
    { name: "b", x: [at("2026-03-02T00:00Z")], y: [2], labels: ["b: 2"] },
  ]);
  expect(panels[0]!.x.ticks!.map(({ label }) => label)).toEqual([1, 2, 3, 4, 5].map((day) => `2026-03-0${day}`));
});

test.each([
  ["2026-03-01T10:00Z", "2026-03-01T10:00Z", ["03-01 10:00"]],
  [
    "2026-03-01T10:01Z",
    "2026-03-01T10:29Z",
    ["03-01 10:05", "03-01 10:10", "03-01 10:15", "03-01 10:20", "03-01 10:25"],
  ],
  [
    "2026-03-01T22:30Z",
    "2026-03-02T03:00Z",
    ["03-01 23:00", "03-02 00:00", "03-02 01:00", "03-02 02:00", "03-02 03:00"],
  ],
] as const)("from %s to %s the axis has round times", (first, last, labels) => {
  expect(dateTicks(at(first), at(last)).map(({ label }) => label)).toEqual(labels);
});

test("years have a few ticks, too", () => {
  for (const years of [1, 3, 10, 50]) {
    const ticks = dateTicks(at("2000-01-01T00:00Z"), at(`${2000 + years}-01-01T00:00Z`));
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(9);
  }
});

test("its text has the numbers", async () => {
  const view = await scoreHistoryView([{ name: "a", date: "2026-03-01T00:00:00Z", value: 1.5, label: "a: 1.5" }], {
    title: "CIDEr over time",
    score: "CIDEr",
  });
  expect(view.text).toContain("CIDEr over time");
  expect(view.libraries).toEqual(["plotly"]);
});
