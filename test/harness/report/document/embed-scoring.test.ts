import { createResult, explanationOf, METRICS } from "@simvlm/metrics";
import { expect, test } from "vitest";
import type { MeasuredRuns } from "../../../../harness/compare/compare-runs.js";
import { unpackScoring } from "../../../../harness/report/check/scoring.js";
import { embedScoring } from "../../../../harness/report/document/embed-scoring.js";

/** Examples that METEOR, which no page can compute, was computed of. */
function measured(count: number): MeasuredRuns {
  const metric = METRICS.find(({ name }) => name === "meteor")!;
  const ids = Array.from({ length: count }, (_, i) => String(i));
  const explain = (place: number) => explanationOf({ kind: "note", text: `what ${place} matched` });
  const values = new Float64Array(count * metric.columns.length).fill(1);
  const results = [createResult(metric, { values, signature: "METEOR", explain })];
  const scored = [{ run: { label: "only", predictions: new Map() }, scored: { ids, results } }];
  const source = { data: { examples: ids.map((id) => ({ id, references: ["a dog"] })) }, groups: [], task: {} };
  return { scored, metrics: [metric], source, slices: { slicings: [] } } as unknown as MeasuredRuns; // what is looked at
}

test.each([
  [500, "what 499 matched"],
  [501, undefined],
])("of %i examples the page tells what METEOR matched: %s", (count, text) => {
  const { kept } = unpackScoring(embedScoring(measured(count), [])!, []);
  const [counts] = kept!.meteor!;
  expect(counts!.values.length).toBeGreaterThan(0);
  expect(counts!.explanations?.at(-1)).toEqual(text && [{ kind: "note", text }]);
  expect(counts!.explanations?.length).toBe(text && count);
});
