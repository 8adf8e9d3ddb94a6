import { SimvlmError } from "@simvlm/metrics";
import { metricsOfRun } from "../runs/task-of-run.js";
import { chooseMetrics, type NamedMetrics } from "../tasks/choose-metrics.js";
import type { Task } from "../tasks/task.js";
import type { LoadedRun } from "./load-runs.js";
import { unique } from "./subsets.js";

/**
 * What any of the runs was scored with; the task's where none was scored.
 * @throws SimvlmError `missing-metric`; `other-metric` where runs have one score by different metrics
 */
export function findMetrics(task: Task, runs: readonly LoadedRun[]): NamedMetrics {
  const found = runs.map(({ folder, manifest }) => metricsOfRun(task, manifest, folder));
  const names = found.flatMap(({ metrics }) => metrics.map(({ name }) => name));
  requireOneOfEach(runs, found);
  return {
    metrics: names.length > 0 ? chooseMetrics(task, names) : [...task.metrics],
    unknown: unique(found.flatMap(({ unknown }) => unknown)),
  };
}

/** No score may be one run's by one metric and another's by another: POPE's accuracy in two dialects. */
function requireOneOfEach(runs: readonly LoadedRun[], found: readonly NamedMetrics[]): void {
  const givers = new Map<string, { readonly name: string; readonly label: string }>();
  for (const [i, { metrics }] of found.entries()) {
    for (const { name, scores } of metrics) {
      for (const score of scores) {
        const giver = givers.get(score) ?? { name, label: runs[i]!.label };
        givers.set(score, giver);
        if (giver.name === name) continue;
        throw new SimvlmError(
          "other-metric",
          `The ${score} of ${giver.label} is by the metric ${giver.name}, that of ${runs[i]!.label} by ${name}: they are not comparable. Name one of these metrics, to score both runs by it.`,
        );
      }
    }
  }
}
