import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import type { Manifest, Place } from "./manifest.js";

/** How a run remembers where something lies. */
export function placeOf(path: string, runFolder: string): Place {
  return { folder: path, fromRun: toPosix(relative(resolve(runFolder), resolve(path))) || "." };
}

/** The same place as another run remembers it. */
export function rebasePlace(place: Place, from: string, to: string): Place {
  return { ...place, fromRun: placeOf(resolve(from, place.fromRun), to).fromRun };
}

/** Where something lies that a run remembers: seen from the run, else as it was named; undefined where it is neither. */
export function findPlace(place: Place, runFolder: string): string | undefined {
  return [resolve(runFolder, place.fromRun), place.folder].find(existsSync);
}

/** Where the pictures of a run lie that were not in its data's folder, if they are still there. */
export function findImages({ images }: Manifest["data"], runFolder: string): string | undefined {
  return images && findPlace(images, runFolder);
}

/** @throws SimvlmError `missing-data` */
export function requireDataFolder(place: Place, runFolder: string): string {
  const found = findPlace(place, runFolder);
  if (found !== undefined) return found;
  const looked = [...new Set([place.folder, join(runFolder, place.fromRun)])];
  const lacking = looked.length === 1 ? `${looked[0]} does not exist` : `neither ${looked.join(" nor ")} exists`;
  throw new SimvlmError("missing-data", `The data of ${runFolder} cannot be found: ${lacking}. Say where they are.`);
}

/** A file's name in a folder, the same on every system. */
export function nameIn(folder: string, path: string): string {
  return toPosix(relative(folder, path));
}

function toPosix(path: string): string {
  return path.split(sep).join("/");
}
