import { findMetric, listMetrics, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import type { Task } from "./task.js";

/** A metric by its name (`cider`) or title (`CIDEr`), the task's own before all others. */
export function findTaskMetric({ metrics }: Task, nameOrTitle: string): MetricDefinition | undefined {
  return metrics.find(({ name, title }) => name === nameOrTitle || title === nameOrTitle) ?? findMetric(nameOrTitle);
}

/**
 * The metrics of these names, each once: the task's in its order, then the others.
 * @throws SimvlmError `unknown-metric`, with the names there are
 */
export function chooseMetrics(task: Task, names: readonly string[]): MetricDefinition[] {
  const known = [...new Set([...task.metrics, ...listMetrics()])];
  const chosen = new Set<MetricDefinition>();
  for (const name of names) {
    const metric = findTaskMetric(task, name);
    if (!metric) {
      throw new SimvlmError(
        "unknown-metric",
        `There is no metric ${name}: it is one of ${known.map((metric) => metric.name).join(", ")}.`,
      );
    }
    chosen.add(metric);
  }
  return known.filter((metric) => chosen.has(metric));
}

/** Metrics by the titles that signatures stand under, and the titles that nobody here knows. */
export function findNamedMetrics(task: Task, titles: Iterable<string>) {
  const found = [...new Set(titles)].map((title) => ({ title, metric: findTaskMetric(task, title) }));
  return {
    metrics: found.flatMap(({ metric }) => metric ?? []),
    unknown: found.flatMap(({ title, metric }) => (metric ? [] : [title])),
  };
}
