import type { SlicedDifferenceRow, SlicedRow } from "../comparison.js";
import { type MeasurableRun, type Measuring, measureGroups } from "../measure.js";
import type { Slicing } from "./slicing.js";

/** Scores and differences on slices as rows. */
export interface MeasuredSlices {
  readonly scores: readonly SlicedRow[];
  readonly differences: readonly SlicedDifferenceRow[];
}

/**
 * Every score of every run on every slice with its interval, and of each run its difference to the first: from the
 * statistics on the whole, with its document frequencies and its seed. What a slice gives no number for (the recall of
 * objects where there are none) is left out.
 */
export function measureSlices(
  runs: readonly MeasurableRun[],
  slicings: readonly Pick<Slicing, "name" | "slices">[],
  measuring: Omit<Measuring, "groups">,
): MeasuredSlices {
  const measured = slicings.map(({ name: slicing, slices }) => {
    const { scores, differences } = measureGroups(runs, { ...measuring, groups: slices });
    return {
      scores: scores.filter(({ value }) => Number.isFinite(value)).map((row) => ({ slicing, ...row })),
      differences: differences
        .filter(({ difference }) => Number.isFinite(difference))
        .map((row) => ({ slicing, ...row })),
    };
  });
  return {
    scores: measured.flatMap(({ scores }) => scores),
    differences: measured.flatMap(({ differences }) => differences),
  };
}
