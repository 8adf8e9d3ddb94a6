import {
  bleuMetric,
  ciderMetric,
  countCaptions,
  type MetricDefinition,
  type MetricExample,
  rougeMetric,
  type SharedResults,
} from "@simvlm/metrics";
import { countProcessors } from "../processors.js";
import { HelperThread } from "../threads/helper-thread.js";

/** Captions, references among them, that take a thread about as long as other threads take to start. */
const FEWEST_CAPTIONS = 50_000;
/** There is no work for more. */
const MOST_THREADS = 3;
const COUNTED = [bleuMetric, ciderMetric, rougeMetric] as const;

/**
 * What metrics share of each system's captions, counted by as many threads as there are processors; undefined where that
 * saves no time, and where there are no threads to be had: the metrics then count by themselves, with the same results.
 * @param systems captions of the same examples with the same references
 * @param threads beside this one
 */
export async function countInThreads(
  systems: readonly (readonly MetricExample[])[],
  metrics: readonly MetricDefinition[],
  threads = Math.min(countProcessors() - 1, MOST_THREADS),
): Promise<SharedResults[] | undefined> {
  if (threads < 1 || !COUNTED.some((metric) => metrics.includes(metric))) return undefined;
  const captions = systems[0]!.reduce((sum, { references }) => sum + systems.length + references.length, 0);
  if (captions < FEWEST_CAPTIONS) return undefined;
  const helpers: HelperThread[] = [];
  try {
    for (let i = 0; i < threads; i++) helpers.push(new HelperThread());
    return await countCaptions(systems, metrics, helpers);
  } catch {
    return undefined;
  } finally {
    for (const helper of helpers) helper.end();
  }
}
