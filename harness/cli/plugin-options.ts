import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import type { Command } from "commander";
import type { LoadedPlugin } from "../plugins/loaded-plugins.js";
import { loadPluginsBeside, PLUGIN_CONFIG } from "../plugins/plugin-config.js";
import { printable } from "../terminal/printable.js";

const DESCRIPTION = "a module that defines further tasks, metrics or families of models; repeatable";

/** Adds `--plugin` to a command and to those below it. */
export function addPluginOption(command: Command): void {
  command.option("--plugin <file|package>", DESCRIPTION, (name: string, names: readonly string[] = []) => [
    ...names,
    name,
  ]);
}

/** Loads the plug-ins that a command line names, and those that are named beside the data it is about. */
export async function loadPluginsOf(command: Command): Promise<void> {
  const options: Readonly<Record<string, unknown>> = command.opts();
  if (!command.options.some(({ long }) => long === "--plugin")) return;
  if (options.plugin !== undefined) {
    const { loadPlugins } = await import("../plugins/load-plugins.js");
    await loadPlugins(options.plugin as readonly string[]);
  }
  for (const folder of await listDataFolders(options, command.args)) {
    for (const plugin of await loadPluginsBeside(folder)) announce(plugin, folder);
  }
}

/** Whoever names no plug-in is told of those that run all the same. */
function announce({ name, defines }: LoadedPlugin, folder: string): void {
  const text = `plug-in ${name}, named in ${join(folder, PLUGIN_CONFIG)}: ${defines.join(", ")}`;
  process.stderr.write(`simvlm: ${printable(text)}\n`);
}

const FOLDERS = ["data", "test"] as const;

/**
 * The folders of data that are named, those of references files, and where none is named those that runs remember. What
 * lies in a run's own folder was given along with it, perhaps by a stranger: no program there is run unasked.
 */
async function listDataFolders(
  options: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Promise<ReadonlySet<string>> {
  const named = FOLDERS.flatMap((name) => (typeof options[name] === "string" ? [options[name]] : []));
  const beside = typeof options.references === "string" ? [dirname(options.references)] : [];
  const isNamed = typeof options.data === "string";
  const runs = isNamed ? [] : words.filter((word) => existsSync(join(word, "manifest.json")));
  const remembered: string[] = [];
  if (runs.length > 0) {
    const [{ readManifest }, { findPlace }] = await Promise.all([
      import("../runs/manifest.js"),
      import("../runs/place.js"),
    ]);
    for (const run of runs) {
      // What is wrong with a run is told by the command.
      const manifest = await readManifest(run).catch(() => undefined);
      const place = manifest && findPlace(manifest.data, run);
      if (place !== undefined && !isWithin(place, run)) remembered.push(place);
    }
  }
  return new Set([...named, ...beside, ...remembered]);
}

/** Whether a path is the folder or lies in it, whatever links lead there. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(realpathSync(folder), realpathSync(path));
  return !/^\.\.(?:[/\\]|$)/.test(way) && !isAbsolute(way);
}
