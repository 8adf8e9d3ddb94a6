import { SimvlmError } from "@simvlm/metrics";
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

/** ` The run was made with the plug-in count-dots.ts (task count-dots): load it, if you trust it.`; empty for none. */
export function namePlugins({ plugins = [] }: Pick<Manifest, "plugins">): string {
  if (plugins.length === 0) return "";
  const names = plugins.map(({ name, defines }) => `${name} (${defines.join(", ")})`);
  const [kind, it] = plugins.length > 1 ? ["plug-ins", "them"] : ["plug-in", "it"];
  return ` The run was made with the ${kind} ${names.join(" and ")}: load ${it}, if you trust ${it}.`;
}
