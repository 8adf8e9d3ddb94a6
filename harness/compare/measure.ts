import {
  type BootstrapTest,
  bootstrap,
  bootstrapAll,
  type Group,
  type MetricResult,
  type ResamplingOptions,
  selectGroups,
} from "@simvlm/metrics";
import type { Scored } from "../tasks/score-predictions.js";
import { compareScored } from "../tasks/uncertainty.js";
import type { DifferenceRow, ScoreRow } from "./comparison.js";
import type { LoadedRun } from "./load-runs.js";

/** A run with its metrics. All runs of a comparison are scored on the same ids, in the same order. */
export interface ScoredRun {
  readonly run: LoadedRun;
  readonly scored: Scored;
}

/** What is measured of a {@link ScoredRun}. */
export interface MeasurableRun {
  readonly run: Pick<LoadedRun, "label">;
  readonly scored: Pick<Scored, "ids" | "results">;
}

/** What measuring several runs needs to know. */
export interface Measuring {
  readonly groups: readonly Group[];
  readonly resampling: Required<ResamplingOptions>;
  readonly bootstrapTest: BootstrapTest;
  /** Called after each metric on each group, of each run and of each pair. */
  readonly tick: () => void;
}

/** How often `tick` will be called for runs of so many metrics on so many parts of the examples, the whole among them. */
export function countSteps(runs: number, metrics: number, parts: number): number {
  return (2 * runs - 1) * metrics * parts;
}

/** How many parts of the examples some ways to slice them give. */
export function countSlices(slicings: readonly { readonly slices: readonly Group[] }[]): number {
  return slicings.reduce((sum, { slices }) => sum + slices.length, 0);
}

/** Scores and differences as rows. */
export interface Measured {
  readonly scores: readonly ScoreRow[];
  readonly differences: readonly DifferenceRow[];
}

/** Every score of every run with its interval, and of each run its difference to the first: on the whole and by group. */
export function measureRuns(runs: readonly MeasurableRun[], measuring: Measuring): Measured {
  return measureParts(runs, measuring, (scored) => [
    { subset: "all", ...scored },
    ...splitResults(scored, measuring.groups),
  ]);
}

/** The same by group alone. */
export function measureGroups(runs: readonly MeasurableRun[], measuring: Measuring): Measured {
  return measureParts(runs, measuring, (scored) => splitResults(scored, measuring.groups));
}

function measureParts(
  runs: readonly MeasurableRun[],
  measuring: Measuring,
  split: (scored: Pick<Scored, "ids" | "results">) => readonly Omit<Part, "run">[],
): Measured {
  const parts = runs.map(({ run, scored: { ids, results } }) =>
    split({ ids, results }).map((part) => ({ ...part, run: run.label })),
  );
  // examples are drawn once for all runs: what is drawn is remembered with the results
  for (const i of parts[0]!.keys())
    bootstrapAll(
      parts.flatMap((own) => own[i]!.results),
      measuring.resampling,
    );
  const [first, ...others] = parts;
  return {
    scores: parts.flatMap((own) => own.flatMap((part) => measurePart(part, measuring))),
    differences: others.flatMap((own) => own.flatMap((part, i) => compareParts(part, first![i]!, measuring))),
  };
}

/** A run's results on all examples or on a group. */
interface Part {
  readonly run: string;
  readonly subset: string;
  readonly ids: readonly string[];
  readonly results: readonly MetricResult[];
}

/** The results on each group. */
function splitResults({ ids, results }: MeasurableRun["scored"], groups: readonly Group[]): Omit<Part, "run">[] {
  return selectGroups(results, groups).map(({ name, results }, i) => {
    return { subset: name, ids: Array.from(groups[i]!.rows, (row) => ids[row]!), results };
  });
}

function measurePart({ run, subset, ids, results }: Part, { resampling, tick }: Measuring): ScoreRow[] {
  return results.flatMap((result) => {
    const intervals = bootstrap(result, resampling);
    tick();
    return result.names.map((name): ScoreRow => {
      const { score: value, ...interval } = intervals[name]!;
      return { run, subset, examples: ids.length, score: name, value, ...interval };
    });
  });
}

function compareParts(part: Part, first: Part, { resampling, bootstrapTest, tick }: Measuring): DifferenceRow[] {
  const { run, subset, ids } = part;
  return Object.entries(compareScored(part, first, { ...resampling, test: bootstrapTest }, tick)).map(
    ([name, compared]): DifferenceRow => {
      return { run, against: first.run, subset, examples: ids.length, score: name, ...compared };
    },
  );
}
