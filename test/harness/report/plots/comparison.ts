import type { RunComparison } from "../../../../harness/compare/comparison.js";

const SUBSETS = ["all", "in-domain", "near-domain", "out-domain"];

/** As much of a comparison of captions as a plot of its scores looks at. */
export function comparisonOf(runs: readonly string[]): RunComparison {
  const scores = runs.flatMap((run, i) =>
    SUBSETS.map((subset, j) => {
      const value = 0.5 + 0.2 * i + 0.1 * j;
      return {
        run,
        subset,
        examples: 40 - j,
        score: "CIDEr",
        value,
        low: value - 0.1,
        high: value + 0.2,
        standardError: 0.05,
      };
    }),
  );
  return {
    format: 1,
    task: "caption",
    data: { folder: "data", split: "test", files: [], examples: 40, missing: 0 },
    runs: runs.map((label) => ({ label, folder: label, source: {}, settings: {}, created: "" })),
    resampling: { resamples: 10, seed: 1, confidence: 0.95 },
    scores,
    differences: [],
    winsAndLosses: [],
    paper: [],
    signatures: {},
    notes: [],
  };
}
