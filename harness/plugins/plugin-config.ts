import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../files/json.js";
import type { LoadedPlugin } from "./loaded-plugins.js";

/** A file beside data that names the plug-ins it takes to use them. */
export const PLUGIN_CONFIG = "simvlm.config.json";

const Config = z
  .strictObject({ plugins: z.array(z.string()) })
  .describe('a simvlm.config.json: {"plugins": ["./task.mjs", "package"]}, files named from its folder');

/**
 * Loads the plug-ins that a data set's folder names in its `simvlm.config.json`; none where there is no such file.
 * Plug-ins are programs: use folders of people whom you trust.
 * @throws SimvlmError what `readJson` and `loadPlugins` throw
 */
export async function loadPluginsBeside(folder: string): Promise<LoadedPlugin[]> {
  const path = join(folder, PLUGIN_CONFIG);
  if (!existsSync(path)) return [];
  const { plugins } = await readJson(path, Config);
  const { loadPlugins } = await import("./load-plugins.js"); // every registry is loaded only where there is something to add
  return loadPlugins(plugins, folder);
}
