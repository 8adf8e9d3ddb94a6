import { existsSync } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import type { ImageNames } from "../../compare/image-names.js";
import { fileInside } from "../../files/inside.js";
import { holdingFile } from "../../files/parquet-cells.js";
import { listIds } from "../../formats/ids.js";
import { decodeImage } from "../../images/decode.js";
import { inParallel } from "../../in-parallel.js";
import { thumbnail } from "../tables/thumbnails.js";
import type { ReportData } from "./data.js";

/** So many pictures are made small at a time. */
const AT_A_TIME = 4;

/**
 * Thumbnails by the names of the pictures, and a sentence if some pictures are not there.
 * @param tick called after each picture
 */
export async function collectPictures(
  names: readonly string[],
  { pathOf }: Pick<ImageNames, "pathOf">,
  tick = () => {},
): Promise<{ pictures: Record<string, string>; remarks: string[] }> {
  const made = await inParallel(AT_A_TIME, names, async (name) => {
    const path = pathOf(fileInside(undefined, name, "the data"));
    const picture = existsSync(holdingFile(path)) ? await thumbnailOf(path) : undefined;
    tick();
    return picture;
  });
  const found = names.flatMap((name, i) => (made[i] === undefined ? [] : [[name, made[i]] as const]));
  return {
    pictures: Object.fromEntries(found),
    remarks: tellMissing(names.filter((_, i) => made[i] === undefined)),
  };
}

/** How far a pixel's channel may be on average from what it was, packed by another machine. */
const SAME = 3;

/** The names of thumbnails that are not those of the pictures in a folder; what is not there is passed over. */
export async function findOtherThumbnails(
  thumbnails: Readonly<Record<string, string>>,
  folder: Pick<ImageNames, "pathOf">,
): Promise<string[]> {
  const { pictures } = await collectPictures(Object.keys(thumbnails), folder);
  const others: string[] = [];
  for (const [name, address] of Object.entries(pictures)) {
    const kept = thumbnails[name]!;
    if (kept !== address && !(await isNear(kept, address))) others.push(name);
  }
  return others;
}

async function isNear(...addresses: readonly [string, string]): Promise<boolean> {
  const [first, second] = await Promise.all(addresses.map(readPixels));
  if (!first || !second || first.length !== second.length) return false;
  return first.reduce((sum, value, i) => sum + Math.abs(value - second[i]!), 0) <= SAME * first.length;
}

async function readPixels(address: string): Promise<Uint8Array | undefined> {
  const bytes = Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
  const { data } = await decodeImage({ name: "the small picture", bytes }).catch(() => ({ data: undefined }));
  return data;
}

/** What is said of pictures that are not shown; nothing for none. */
export function tellMissing(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Not shown, because they are missing or cannot be read: ${listIds(names)}.`];
}

/** The pictures of all examples that are shown with one: wins, losses and extremes, and the first of all that are listed. */
export function listPictures({
  comparison,
  extremes,
  listing,
  thumbnails = 0,
}: Pick<ReportData, "comparison" | "extremes" | "listing" | "thumbnails">): string[] {
  const shown = comparison.winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
  const listed = listing?.images.slice(0, thumbnails) ?? [];
  return [...new Set([...[...shown, ...extremes].map(({ images }) => images), ...listed].flat())];
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
