import type { RunComparison } from "../../compare/comparison.js";
import { formatPercent } from "../../terminal/numbers.js";

/** What is plotted of slices. */
export interface PlottedSlices {
  readonly slicing: string;
  readonly score: string;
}

/** What a plot is called: by this a page's check knows it. */
export function titleOfSlices(
  { runs, resampling }: Pick<RunComparison, "runs" | "resampling">,
  { slicing, score }: PlottedSlices,
): string {
  const interval = `${formatPercent(resampling.confidence)} intervals`;
  return runs.length > 1
    ? `${score} by ${slicing}, minus ${runs[0]!.label}, with ${interval}`
    : `${score} by ${slicing}, with ${interval}`;
}
