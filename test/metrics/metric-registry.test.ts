import { addMetrics, defineMeanMetric, findMetric, listMetrics, METRICS } from "@simvlm/metrics";
import { expect, test } from "vitest";

const define = (name: string, title?: string) =>
  defineMeanMetric({ name, ...(title && { title }), score: name, scoreExample: ({ prediction }) => prediction.length });

test("the built-in metrics are found by name and by title", () => {
  expect(METRICS.map(({ name, title }) => [name, title])).toEqual([
    ["bleu", "BLEU"],
    ["cider", "CIDEr"],
    ["rouge", "ROUGE-L"],
    ["meteor", "METEOR"],
    ["spice", "SPICE"],
    ["sacrebleu", "sacreBLEU"],
    ["vqa-accuracy", "VQA accuracy"],
    ["accuracy", undefined],
    ["nlvr2", "NLVR2"],
    ["anls", "ANLS"],
    ["anls-lmms-eval", "ANLS-lmms-eval"],
    ["anls-vlmevalkit", "ANLS-vlmevalkit"],
    ["relaxed-accuracy", "relaxed accuracy"],
    ["pope", "POPE"],
    ["pope-lmms-eval", "POPE-lmms-eval"],
    ["pope-vlmevalkit", "POPE-vlmevalkit"],
    ["multiple-choice", "multiple choice"],
    ["multiple-choice-vlmevalkit", "multiple choice-vlmevalkit"],
    ["multiple-choice-pairs", "multiple choice, pairs"],
    ["chair", "CHAIR"],
    ["chair-lmms-eval", "CHAIR-lmms-eval"],
    ["clipscore", "CLIPScore"],
    ["refclipscore", "RefCLIPScore"],
    ["self-cider", "Self-CIDEr"],
    ["mbleu", "mBLEU"],
    ["distinct", "Div"],
  ]);
  for (const metric of METRICS) {
    expect(findMetric(metric.name)).toBe(metric);
    expect(findMetric(metric.title ?? metric.name)).toBe(metric);
  }
  expect(findMetric("Cider")).toBeUndefined();
});

test("added metrics are found and listed; adding one again changes nothing", () => {
  const [first, second] = [define("first-added"), define("second-added", "Second")];
  addMetrics([first, second]);
  addMetrics([second]);
  expect(listMetrics().slice(METRICS.length)).toEqual([first, second]);
  expect(findMetric("first-added")).toBe(first);
  expect(findMetric("Second")).toBe(second);
});

test("another metric of a known name or title is refused, and nothing is added", () => {
  const before = [...listMetrics()];
  for (const taken of [define("cider"), define("CIDEr"), define("new", "BLEU")]) {
    expect(() => addMetrics([define("harmless"), taken])).toThrow(expect.objectContaining({ code: "duplicate-name" }));
  }
  expect(() => addMetrics([define("twice"), define("twice")])).toThrow(/twice/);
  expect(listMetrics()).toEqual(before);
});
