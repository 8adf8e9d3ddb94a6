import { bootstrap, type Group, type MetricResult, type ResamplingOptions, selectGroups } from "@simvlm/metrics";
import type { Scored } from "../tasks/score-predictions.js";
import { compareScored } from "../tasks/uncertainty.js";
import type { DifferenceRow, ScoreRow } from "./comparison.js";
import type { LoadedRun } from "./load-runs.js";

/** A run with its metrics. All runs of a comparison are scored on the same ids, in the same order. */
export interface ScoredRun {
  readonly run: LoadedRun;
  readonly scored: Scored;
}

/** What measuring several runs needs to know. */
export interface Measuring {
  readonly groups: readonly Group[];
  readonly resampling: Required<ResamplingOptions>;
  /** Called after each metric on each group, of each run and of each pair. */
  readonly tick: () => void;
}

/** How often `tick` will be called for runs of so many metrics. */
export function countSteps(runs: number, metrics: number, groups: number): number {
  return (2 * runs - 1) * metrics * (groups + 1);
}

export interface Measured {
  readonly scores: readonly ScoreRow[];
  readonly differences: readonly DifferenceRow[];
}

/** Every score of every run with its interval, and of each run its difference to the first. */
export function measureRuns(runs: readonly ScoredRun[], measuring: Measuring): Measured {
  const [first, ...others] = runs;
  return {
    scores: runs.flatMap((run) => measureRun(run, measuring)),
    differences: others.flatMap((run) => measureDifferences(run, first!, measuring)),
  };
}

function measureRun({ run: { label }, scored }: ScoredRun, { groups, resampling, tick }: Measuring): ScoreRow[] {
  return splitResults(scored, groups).flatMap(({ results, ...subset }) =>
    results.flatMap((result) => {
      const intervals = bootstrap(result, resampling);
      tick();
      return result.names.map((name): ScoreRow => {
        const { score: value, ...interval } = intervals[name]!;
        return { run: label, ...subset, score: name, value, ...interval };
      });
    }),
  );
}

function measureDifferences({ run, scored }: ScoredRun, first: ScoredRun, measuring: Measuring): DifferenceRow[] {
  const { groups, resampling, tick } = measuring;
  const firsts = splitResults(first.scored, groups);
  return splitResults(scored, groups).flatMap(({ results, ...subset }, i) => {
    const [own, against] = [
      { ...scored, results },
      { ...first.scored, results: firsts[i]!.results },
    ];
    return Object.entries(compareScored(own, against, resampling, tick)).map(([name, compared]): DifferenceRow => {
      const { score: value, against: againstValue, ...difference } = compared;
      return { run: run.label, against: first.run.label, ...subset, score: name, value, againstValue, ...difference };
    });
  });
}

interface SubsetResults {
  readonly subset: string;
  readonly examples: number;
  readonly results: readonly MetricResult[];
}

/** The results on all examples, then on each group. */
function splitResults({ ids, results }: Scored, groups: readonly Group[]): SubsetResults[] {
  const parts = selectGroups(results, groups).map(({ name, ...group }) => ({ subset: name, ...group }));
  return [{ subset: "all", examples: ids.length, results }, ...parts];
}
