import { expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import { drawLabelCurve, findCrossing, type LabelledRun } from "../../../harness/compare/draw-label-curve.js";
import { formatLabelCurve } from "../../../harness/terminal/label-curve-table.js";

const points = (...values: [labels: number, value: number][]) => values.map(([labels, value]) => ({ labels, value }));

test("the crossing lies on the line over the logarithm of the count", () => {
  expect(findCrossing(points([100, 0.2], [10_000, 0.6]), 0.4)).toEqual({ after: 100, before: 10_000, labels: 1000 });
  expect(findCrossing(points([1000, 0.5], [10, 0.1]), 0.4)).toEqual({ after: 10, before: 1000, labels: 316 });
});

test("a value as high as zero-shot has not passed it", () => {
  expect(findCrossing(points([10, 0.4], [100, 0.5]), 0.4)).toEqual({ after: 10, before: 100, labels: 10 });
});

test("above from the first on, and never above", () => {
  expect(findCrossing(points([10, 0.5], [100, 0.6]), 0.4)).toEqual({ after: null, before: 10, labels: null });
  expect(findCrossing(points([10, 0.1], [100, 0.4]), 0.4)).toEqual({ after: 100, before: null, labels: null });
});

test("what falls below again is counted from its last rise", () => {
  const wavering = points([10, 0.5], [100, 0.3], [1000, 0.5]);
  expect(findCrossing(wavering, 0.4)).toEqual({ after: 100, before: 1000, labels: 316 });
});

const RUNS: LabelledRun[] = [
  { run: "zero-shot", supervision: "zero-shot", labels: 0, steps: 0 },
  { run: "fine-tuned-10", supervision: "fine-tuned", labels: 10, steps: 1 },
  { run: "fine-tuned-1000", supervision: "fine-tuned", labels: 1000, steps: 2 },
  { run: "scratch-10", supervision: "scratch", labels: 10, steps: 1 },
  { run: "scratch-1000", supervision: "scratch", labels: 1000, steps: 2 },
];

const TRAINING = { batch: 2, learningRate: 1, scratchLearningRate: 2, dropout: 0, stochasticDepth: 0, seed: 1 };

/** Scores of the runs, in their order. */
function comparisonOf(cider: readonly number[], exact: readonly number[]): RunComparison {
  const row = (run: string, score: string, value: number, subset = "all") => {
    return { run, score, subset, value, low: value - 0.1, high: value + 0.1, examples: 7, standardError: 0.05 };
  };
  return {
    data: { folder: "toybox/nocaps", split: "test", files: [], examples: 7, missing: 0 },
    scores: RUNS.flatMap(({ run }, i) => [
      row(run, "CIDEr", cider[i]!),
      row(run, "CIDEr", cider[i]! / 2, "out-domain"),
    ]),
    facts: {
      scores: RUNS.flatMap(({ run }, i) => [
        { ...row(run, "exact", exact[i]!), fact: "caption" as const },
        { ...row(run, "F1", exact[i]!), fact: "things" as const },
        { ...row(run, "recall", exact[i]!), fact: "things" as const },
      ]),
      differences: [],
    },
    signatures: { CIDEr: "CIDEr-D" },
    notes: [],
  } as unknown as RunComparison;
}

test("scores of a comparison by the number of labels, with where each overtakes zero-shot", () => {
  const curve = drawLabelCurve(comparisonOf([0.5, 0.6, 0.9, 0.1, 0.9], [0.4, 0.2, 0.3, 0, 0.4]), RUNS, TRAINING);
  expect(curve.training).toEqual(TRAINING);
  expect(curve.points).toHaveLength(RUNS.length * 4);
  expect(curve.points).toContainEqual({
    ...{ run: "scratch-1000", supervision: "scratch", labels: 1000, steps: 2, score: "exact captions", subset: "all" },
    ...{ value: 0.4, low: expect.closeTo(0.3), high: 0.5 },
  });
  expect(curve.points.map(({ score }) => score)).not.toContain("things (recall)");
  expect(curve.crossings.filter(({ score }) => score === "CIDEr")).toEqual([
    { supervision: "fine-tuned", score: "CIDEr", after: null, before: 10, labels: null },
    { supervision: "scratch", score: "CIDEr", after: 10, before: 1000, labels: 100 },
  ]);
  const text = formatLabelCurve(curve);
  expect(text).toMatch(/scratch +│ +1,000 │/);
  expect(text).toContain("CIDEr: scratch overtakes zero-shot between 10 and 1,000 labelled pictures, at about 100");
  expect(text).toContain("CIDEr: fine-tuned is already above zero-shot with 10 labelled pictures");
  expect(text).toContain("exact captions: scratch does not overtake zero-shot, even with 1,000 labelled pictures");
});
