import { SimvlmError } from "@simvlm/metrics";
import { findNamedMetrics, type NamedMetrics } from "../tasks/choose-metrics.js";
import type { Task } from "../tasks/task.js";
import type { Manifest } from "./manifest.js";

type Plugins = NonNullable<Manifest["plugins"]>;

/**
 * The metrics that a run was scored with. One that is unknown here is only named, since another version of this program
 * may have had it; but where the run was made with plug-ins, one of them is what is missing.
 * @param where the run lies
 * @param titles that its signatures stand under
 * @throws SimvlmError `missing-metric`
 */
export function findMetricsOfRun(
  task: Task,
  where: string,
  { metricSignatures = {}, plugins = [] }: Pick<Manifest, "metricSignatures" | "plugins">,
  titles: readonly string[] = Object.keys(metricSignatures),
): NamedMetrics {
  const found = findNamedMetrics(task, titles);
  if (found.unknown.length > 0 && plugins.length > 0) throw missingMetric(where, found.unknown, plugins);
  return found;
}

/** The error of something that was scored with metrics that are unknown here. */
export function missingMetric(where: string, titles: readonly string[], plugins: Plugins): SimvlmError {
  const makers = [...new Set(plugins.map(({ name }) => name))].join(", ");
  return new SimvlmError(
    "missing-metric",
    `${where} was scored with ${titles.join(", ")}, which is not among the metrics here. A plug-in may define it` +
      `${makers === "" ? "." : `: ${where} was made with ${makers}.`}`,
  );
}
