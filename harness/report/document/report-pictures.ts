import { existsSync } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../../files/inside.js";
import { listIds } from "../../formats/ids.js";
import { thumbnail } from "../tables/thumbnails.js";
import type { ReportData } from "./data.js";

/** Thumbnails by the names of the pictures, and a sentence if some pictures are not there. */
export async function collectPictures(
  names: readonly string[],
  folder: string,
): Promise<{ pictures: Record<string, string>; remarks: string[] }> {
  const pictures: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const path = fileInside(folder, name, "the data");
    const picture = existsSync(path) ? await thumbnailOf(path) : undefined;
    if (picture === undefined) missing.push(name);
    else pictures[name] = picture;
  }
  return { pictures, remarks: tellMissing(missing) };
}

/** What is said of pictures that are not shown; nothing for none. */
export function tellMissing(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Not shown, because they are missing or cannot be read: ${listIds(names)}.`];
}

/** The pictures of all examples that are shown. */
export function listPictures({ comparison, extremes }: Pick<ReportData, "comparison" | "extremes">): string[] {
  const shown = comparison.winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
  return [...new Set([...shown, ...extremes].flatMap(({ images }) => images))];
}

/** Nothing for a file that is no picture: what was said of it is shown all the same. */
async function thumbnailOf(path: string): Promise<string | undefined> {
  try {
    return await thumbnail(path);
  } catch (error) {
    if (error instanceof SimvlmError) return undefined;
    throw error;
  }
}
