import type { MetricDefinition } from "@simvlm/metrics";
import { findNamedMetrics } from "../../tasks/choose-metrics.js";
import type { Comparisons, ScoreReport } from "../../tasks/score-report.js";
import { findTask } from "../../tasks/task-registry.js";
import type { RunComparison } from "../comparison.js";
import { nameFactScore } from "../fact-names.js";
import { unique } from "../subsets.js";
import type { KnownScore } from "./conditions.js";
import type { Measurement } from "./judge.js";

/** The scores of metrics. */
export function scoresOfMetrics(metrics: readonly MetricDefinition[]): KnownScore[] {
  return metrics.flatMap(({ scores, range }) => scores.map((score) => ({ score, range })));
}

/** The scores that runs were compared by, those of facts too. */
export function scoresOfComparison({ task, signatures, facts }: RunComparison): KnownScore[] {
  const { metrics } = findNamedMetrics(findTask(task), Object.keys(signatures));
  const named = unique((facts?.differences ?? []).map(nameFactScore));
  return [...scoresOfMetrics(metrics), ...named.map((score): KnownScore => ({ score, range: [0, 1] }))];
}

/** The differences of runs from the first. */
export function differencesOfComparison({ differences, facts }: RunComparison): Measurement[] {
  const told = (facts?.differences ?? []).map((row) => ({ ...row, score: nameFactScore(row) }));
  return [...differences, ...told].map(({ run, against, subset, score, difference: value, low, high }) => {
    return { of: `${run} minus ${against}`, subset, score, value, low, high };
  });
}

/** The scores of a report: on all examples, by domain, and by the types that its task sums up. */
export function scoresOfReport({ task, scores, intervals, byDomain = {} }: ScoreReport, of: string): Measurement[] {
  const { groupings = [], mainScore } = findTask(task);
  const parts = [
    { subset: "all", scores, intervals },
    ...Object.entries(byDomain).map(([subset, group]) => ({ subset, ...group })),
    ...groupings.flatMap(({ summary }) =>
      Object.entries(summary === undefined ? {} : ((scores[summary] ?? {}) as Record<string, number>)).map(
        ([subset, value]) => ({ subset, scores: { [mainScore]: value }, intervals: undefined }),
      ),
    ),
  ];
  return parts.flatMap(({ subset, scores: own, intervals: bounds }) =>
    Object.entries(own).flatMap(([score, value]) => {
      const { low, high } = bounds?.[score] ?? {};
      return typeof value === "number" ? [{ of, subset, score, value, low, high }] : [];
    }),
  );
}

/** The differences of a report's two systems, on all examples and by domain. */
export function differencesOfReport({ comparison = {}, byDomain = {} }: ScoreReport): Measurement[] {
  const parts: (readonly [string, Comparisons])[] = [
    ["all", comparison],
    ...Object.entries(byDomain).map(([subset, group]) => [subset, group.comparison ?? {}] as const),
  ];
  return parts.flatMap(([subset, rows]) =>
    Object.entries(rows).map(([score, { difference: value, low, high }]) => {
      return { of: "predictions minus against", subset, score, value, low, high };
    }),
  );
}
