import { SimvlmError } from "@simvlm/metrics";
import { findNamedMetrics, type NamedMetrics } from "../tasks/choose-metrics.js";
import type { Task } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import type { Manifest } from "./manifest.js";

/**
 * The task that a run is of. The plug-ins that a manifest lists are only named, never loaded: a run may be a stranger's.
 * @throws SimvlmError `unknown-task`, with the plug-ins that the run was made with
 */
export function taskOfRun(manifest: Pick<Manifest, "task" | "plugins">): Task {
  try {
    return findTask(manifest.task);
  } catch (error) {
    if (!(error instanceof SimvlmError) || error.code !== "unknown-task") throw error;
    throw new SimvlmError(error.code, `${error.message}${namePlugins(manifest)}`, { cause: error });
  }
}

/**
 * The metrics that a run was scored with. One that is unknown here is only named, since another version of this program
 * may have had it; but where the run was made with plug-ins, one of them is what is missing.
 * @param where the run lies
 * @throws SimvlmError `missing-metric`
 */
export function metricsOfRun(
  task: Task,
  manifest: Pick<Manifest, "metricSignatures" | "plugins">,
  where: string,
): NamedMetrics {
  const found = findNamedMetrics(task, Object.keys(manifest.metricSignatures ?? {}));
  const made = namePlugins(manifest);
  if (found.unknown.length > 0 && made !== "") {
    const titles = found.unknown.join(", ");
    throw new SimvlmError(
      "missing-metric",
      `${where} was scored with ${titles}, which is not among the metrics here.${made}`,
    );
  }
  return found;
}

/** ` The run was made with the plug-in count-dots.ts (task count-dots): load it, if you trust it.`; empty for none. */
export function namePlugins({ plugins = [] }: Pick<Manifest, "plugins">): string {
  if (plugins.length === 0) return "";
  const names = plugins.map(({ name, defines }) => `${name} (${defines.join(", ")})`);
  const [kind, it] = plugins.length > 1 ? ["plug-ins", "them"] : ["plug-in", "it"];
  return ` The run was made with the ${kind} ${names.join(" and ")}: load ${it}, if you trust ${it}.`;
}
