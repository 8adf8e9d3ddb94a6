import { findMetric, listMetrics, METRICS, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { whyNotAgain } from "../metric-data/as-signed.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import type { Task, Truth } from "./task.js";

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
 * @throws SimvlmError `unknown-metric`, with the names there are; `same-score` where two give scores of one name
 */
export function chooseMetrics(task: Task, names: Iterable<string>): MetricDefinition[] {
  const { metrics, unknown } = findNamedMetrics(task, names);
  if (unknown.length === 0) {
    requireOwnScores(metrics);
    return metrics;
  }
  const known = [...new Set([...task.metrics, ...listMetrics()])].map(({ name }) => name);
  throw new SimvlmError("unknown-metric", `There is no metric ${unknown[0]}: it is one of ${known.join(", ")}.`);
}

/** Metrics by whether their data are here. */
export interface MetricsByData {
  readonly metrics: MetricDefinition[];
  /** Those that cannot be computed again as they were, and why. */
  readonly lacking: { readonly title: string; readonly why: string }[];
}

/**
 * Those that can be computed as their signatures say, and the others.
 * @param signatures by title
 * @param examples whose pictures some metrics look at
 * @param tables which data and models are used, where that was said
 */
export async function splitByData(
  metrics: readonly MetricDefinition[],
  signatures: Readonly<Record<string, string>>,
  examples: readonly Truth[],
  tables?: TableChoice,
): Promise<MetricsByData> {
  const pictures = [...new Set(examples.flatMap(({ pictures = [] }) => pictures))];
  const split: MetricsByData = { metrics: [], lacking: [] };
  for (const metric of metrics) {
    const { name, title = name } = metric;
    const why = await whyNotAgain(metric, signatures, { pictures, tables });
    if (why === undefined) split.metrics.push(metric);
    else split.lacking.push({ title, why });
  }
  return split;
}

/** The task's metrics, then what else suits it, then those of plug-ins. */
export function listAll({ metrics, furtherMetrics = METRICS }: Task): MetricDefinition[] {
  const added = listMetrics().filter((metric) => !METRICS.includes(metric));
  return [...new Set([...metrics, ...furtherMetrics, ...added])];
}

/** Whether a metric needs the examples' pictures. */
export function looksAtPictures({ needs }: MetricDefinition): boolean {
  return needs?.includes("pictures") ?? false;
}

/** Whether every score has one metric that gives it: results have one place for each name. */
export function requireOwnScores(metrics: readonly MetricDefinition[]): void {
  const givers = new Map<string, string>();
  for (const { name, scores } of metrics) {
    for (const score of scores) {
      const other = givers.get(score);
      if (other !== undefined) {
        throw new SimvlmError(
          "same-score",
          `The metrics ${other} and ${name} both give a score called ${score}: choose one of them.`,
        );
      }
      givers.set(score, name);
    }
  }
}
