import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { LoadedPlugin } from "../plugins/loaded-plugins.js";
import { loadPluginsBeside, PLUGIN_CONFIG } from "../plugins/plugin-config.js";
import { tell } from "../terminal/streams.js";

/** Adds `--plugin` to a command, and loads what it names, and what is named beside the data, before the command acts. */
export function acceptPlugins(command: CommandUnknownOpts): void {
  const names: string[] = [];
  command
    .option(
      "--plugin <file|package>",
      "a module that defines further tasks, metrics or families of models; repeatable",
      (name) => {
        names.push(name);
        return names;
      },
    )
    .hook("preAction", async () => {
      if (names.length > 0) {
        const { loadPlugins } = await import("../plugins/load-plugins.js");
        await loadPlugins(names);
      }
      for (const folder of await listDataFolders(command)) {
        for (const plugin of await loadPluginsBeside(folder)) announce(plugin, folder);
      }
    });
}

/** Whoever names no plug-in is told of those that run all the same. */
function announce({ name, defines }: LoadedPlugin, folder: string): void {
  const text = `plug-in ${name}, named in ${join(folder, PLUGIN_CONFIG)}: ${defines.join(", ")}`;
  tell(`simvlm: ${text}`);
}

/**
 * The folders of data that are named, those of references files, and where none is named those that runs remember. What
 * lies in a run's own folder was given along with it, perhaps by a stranger: no program there is run unasked.
 */
async function listDataFolders(command: CommandUnknownOpts): Promise<ReadonlySet<string>> {
  const { data, test, references } = command.opts();
  const named = [data, test].filter((folder) => typeof folder === "string");
  const beside = typeof references === "string" ? [dirname(references)] : [];
  const runs = typeof data === "string" ? [] : command.args.filter((word) => existsSync(join(word, "manifest.json")));
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
