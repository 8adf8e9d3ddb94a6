import { findMetric, listMetrics, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import type { Task } from "./task.js";

/** Metrics that were looked for by name. */
export interface NamedMetrics {
  /** The task's in its order, then the others in the order of their names; each once. */
  readonly metrics: MetricDefinition[];
  /** The names that no metric has. */
  readonly unknown: string[];
}

/** Metrics by their names (`cider`) or titles (`CIDEr`), the task's own before all others. */
export function findNamedMetrics(task: Task, names: Iterable<string>): NamedMetrics {
  const own = (wanted: string) => task.metrics.find(({ name, title }) => name === wanted || title === wanted);
  const found = [...new Set(names)].map((name) => ({ name, metric: own(name) ?? findMetric(name) }));
  const metrics = new Set(found.flatMap(({ metric }) => metric ?? []));
  return {
    metrics: [...new Set([...task.metrics.filter((metric) => metrics.has(metric)), ...metrics])],
    unknown: found.flatMap(({ name, metric }) => (metric ? [] : [name])),
  };
}

/**
 * The metrics of these names or titles, see {@link findNamedMetrics}.
 * @throws SimvlmError `unknown-metric`, with the names there are
 */
export function chooseMetrics(task: Task, names: Iterable<string>): MetricDefinition[] {
  const { metrics, unknown } = findNamedMetrics(task, names);
  if (unknown.length === 0) return metrics;
  const known = [...new Set([...task.metrics, ...listMetrics()])].map(({ name }) => name);
  throw new SimvlmError("unknown-metric", `There is no metric ${unknown[0]}: it is one of ${known.join(", ")}.`);
}
