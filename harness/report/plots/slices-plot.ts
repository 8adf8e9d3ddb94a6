import type { RunComparison } from "../../compare/comparison.js";
import { unique } from "../../compare/subsets.js";
import type { View } from "../view.js";
import { styleOf } from "./figure.js";
import { placeIntervals } from "./place-intervals.js";
import { plotView } from "./plot-view.js";
import { type PlottedSlices, titleOfSlices } from "./slices-title.js";

/** One score on the slices of a slicing: the differences from the first run, or of one run alone what it scores. */
export function slicesPlot(
  comparison: Pick<RunComparison, "runs" | "resampling" | "slices">,
  { slicing, score }: PlottedSlices,
): Promise<View> {
  const { runs, slices } = comparison;
  const isHere = (row: { readonly slicing: string; readonly score: string }) =>
    row.slicing === slicing && row.score === score;
  const isSigned = runs.length > 1;
  const rows = isSigned
    ? slices!.differences.filter(isHere).map((row) => ({ ...row, at: row.difference }))
    : slices!.scores.filter(isHere).map((row) => ({ ...row, at: row.value }));
  const points = rows.map((row) => ({ ...row, part: row.subset }));
  const labels = runs.map(({ label }) => label);
  const placed = placeIntervals(points, labels, unique(points.map(({ part }) => part)), isSigned);
  return plotView({
    title: titleOfSlices(comparison, { slicing, score }),
    panels: [
      {
        height: 240,
        ...placed,
        y: { title: isSigned ? `difference in ${score}` : score, include: [0] },
        ...(isSigned && { rules: [{ axis: "y", at: 0, style: styleOf(0) }] }),
      },
    ],
  });
}
