import { existsSync } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../files/inside.js";

/**
 * Finds one of a split's files in a data set's folder: Toybox's name or one of those the official files have, packed
 * (.gz) or not.
 * @param names with `SPLIT` where the split's name stands, the first that exists is taken
 * @throws SimvlmError `unsafe-path` for a split that leads elsewhere, `missing-file` with the names that were looked for
 */
export function findSplitFile(folder: string, split: string, names: readonly string[]): string {
  const found = findOptionalSplitFile(folder, split, names);
  if (found !== undefined) return found;
  const looked = names.map((name) => nameFile(name, split)).join(", ");
  throw new SimvlmError(
    "missing-file",
    `${folder} has no file of the split ${split}: looked for ${looked} (or .gz). Check the folder and the name of the split.`,
  );
}

/** {@link findSplitFile}, undefined where there is none. */
export function findOptionalSplitFile(folder: string, split: string, names: readonly string[]): string | undefined {
  return names
    .flatMap((name) => [name, `${name}.gz`])
    .map((name) => fileInside(folder, nameFile(name, split), "the split", folder))
    .find((path) => existsSync(path));
}

function nameFile(name: string, split: string): string {
  return name.replace("SPLIT", () => split);
}

/** Where a split's images lie: a folder of the split's own, or one of all, or beside the data files. */
export function findImageRoot(folder: string, split: string): string {
  // Held-out questions are asked of images of the split that the name begins with.
  const names = [split, split.replace(/-.*/, "")].flatMap((name) => [`images/${name}`, `${name}2014`, `${name}2017`]);
  return (
    [...names, "images"]
      .map((name) => fileInside(folder, name, "the split", folder))
      .find((path) => existsSync(path)) ?? folder
  );
}
