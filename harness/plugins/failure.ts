import { fileURLToPath, pathToFileURL } from "node:url";
import { packageFolder } from "../files/asset.js";
import { type LoadedPlugin, loadedPlugins } from "./loaded-plugins.js";

/** A file with a line, as an error's stack names it: by its address, or, where a source map was followed, by its path. */
const PLACE = /(?:file:\/\/|(?<=[\s(])(?:\/|[A-Za-z]:[\\/]))[^\s()]+?:\d+(?::\d+)?/g;

/** What went wrong in a plug-in, and where. */
export function describeFailure(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const own = [packageFolder(), pathToFileURL(packageFolder()).href];
  const place = listPlaces(cause).find((each) => !own.some((folder) => each.startsWith(folder)));
  return `${cause.message.split("\n")[0]}${place === undefined ? "" : ` (${place})`}`;
}

/** The loaded plug-in whose code an error comes from; undefined where it comes from ours. */
export function findCulprit(error: unknown): LoadedPlugin | undefined {
  const places = listPlaces(error);
  return [...loadedPlugins].find(([url, { name, sha256 }]) => {
    const marks = sha256 === undefined ? [`/node_modules/${name}/`] : [`${url}:`, `${fileURLToPath(url)}:`];
    return places.some((place) => marks.some((mark) => place.includes(mark)));
  })?.[1];
}

function listPlaces(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return [...stack.matchAll(PLACE)].map(([place]) => place);
}
