import { basename, dirname, relative, resolve, sep } from "node:path";
import type { Manifest, Place } from "../../runs/manifest.js";
import { nameIn } from "../../runs/place.js";
import type { Outcome } from "../../tasks/prediction.js";

/**
 * Names folders relative to the one that all of them are in: `zero-shot`, or `first/zero-shot` beside
 * `second/zero-shot`.
 */
export function nameFolders(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder));
  let common = dirname(paths[0]!);
  while (paths.some((path) => path === common || !path.startsWith(common.endsWith(sep) ? common : common + sep))) {
    common = dirname(common);
  }
  return paths.map((path) => nameIn(common, path));
}

/** A manifest that keeps only the last names of its folders: where they lie is nobody else's business. */
export function withoutPlaces(manifest: Manifest): Manifest {
  const { data, sourceAt, ...rest } = manifest;
  return { ...rest, ...(sourceAt && { sourceAt: lastName(sourceAt) }), data: { ...data, ...lastName(data) } };
}

function lastName({ folder }: Place): Place {
  const name = basename(resolve(folder));
  return { folder: name, fromRun: name };
}

/** The outcomes, with the files that their errors mention named relative to these folders. */
export function renameFiles(outcomes: readonly Outcome[], folders: readonly string[]): Outcome[] {
  const prefixes = [...new Set(folders.flatMap((folder) => [folder, resolve(folder), relative("", folder)]))]
    .filter((folder) => folder !== "" && folder !== ".")
    .sort((a, b) => b.length - a.length)
    .map((folder) => folder + sep);
  return outcomes.map((outcome) =>
    "error" in outcome
      ? { ...outcome, error: prefixes.reduce((text, prefix) => text.replaceAll(prefix, ""), outcome.error) }
      : outcome,
  );
}
