import { existsSync } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import type { ImageNames } from "../../compare/image-names.js";
import { fileInside } from "../../files/inside.js";
import { holdingFile } from "../../files/parquet-cells.js";
import { listIds } from "../../formats/ids.js";
import { decodeImage } from "../../images/decode.js";
import { inParallel } from "../../in-parallel.js";
import { isBeside } from "../picture-address.js";
import { addressOf, shrink, type ThumbnailOptions } from "../tables/thumbnails.js";
import type { ReportData } from "./data.js";

/** So many pictures are made small at a time. */
const AT_A_TIME = 4;

/** Where a report's pictures go, and how large they are. */
export interface PicturePlace {
  readonly size: ThumbnailOptions;
  /** Keeps a JPEG. @returns its address in the page */
  keep(jpeg: Buffer): Promise<string>;
}

/** In the page itself, small. */
export const EMBEDDED: PicturePlace = { size: {}, keep: async (jpeg) => addressOf(jpeg) };

/** Beside the page there is room for more. */
const SIZE_BESIDE = { size: 480, quality: 80 } as const;

/** In a folder beside the page. @param folder that keeps them */
export function besidePage(folder: Pick<PicturePlace, "keep">): PicturePlace {
  return { size: SIZE_BESIDE, keep: (jpeg) => folder.keep(jpeg) };
}

/**
 * The addresses of pictures by their names, and a sentence if some pictures are not there.
 * @param tick called after each picture
 */
export async function collectPictures(
  names: readonly string[],
  { pathOf }: Pick<ImageNames, "pathOf">,
  { size, keep }: PicturePlace = EMBEDDED,
  tick = () => {},
): Promise<{ pictures: Record<string, string>; remarks: string[] }> {
  const made = await inParallel(AT_A_TIME, names, async (name) => {
    const jpeg = await shrinkNamed(name, pathOf, size);
    const address = jpeg && (await keep(jpeg));
    tick();
    return address;
  });
  const found = names.flatMap((name, i) => (made[i] === undefined ? [] : [[name, made[i]] as const]));
  return {
    pictures: Object.fromEntries(found),
    remarks: tellMissing(names.filter((_, i) => made[i] === undefined)),
  };
}

/** How far a pixel's channel may be on average from what it was, packed by another machine. */
const SAME = 3;

/**
 * The names of a report's pictures that are not those in a folder; what is not there is passed over.
 * @param readBeside reads one that lies beside the report; undefined where it is not there
 */
export async function findOtherThumbnails(
  pictures: Readonly<Record<string, string>>,
  { pathOf }: Pick<ImageNames, "pathOf">,
  readBeside: (address: string) => Promise<Buffer | undefined>,
): Promise<string[]> {
  const others = await inParallel(AT_A_TIME, Object.entries(pictures), async ([name, address]) => {
    const isFile = isBeside(address);
    const jpeg = await shrinkNamed(name, pathOf, isFile ? SIZE_BESIDE : EMBEDDED.size);
    const kept = isFile ? await readBeside(address) : Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
    return !jpeg || !kept || jpeg.equals(kept) || (await isNear(kept, jpeg)) ? [] : [name];
  });
  return others.flat();
}

async function isNear(...pictures: readonly [Buffer, Buffer]): Promise<boolean> {
  const [first, second] = await Promise.all(pictures.map(readPixels));
  if (!first || !second || first.length !== second.length) return false;
  return first.reduce((sum, value, i) => sum + Math.abs(value - second[i]!), 0) <= SAME * first.length;
}

async function readPixels(bytes: Buffer): Promise<Uint8Array | undefined> {
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
  withoutPictures,
}: Pick<ReportData, "comparison" | "extremes" | "listing" | "thumbnails" | "withoutPictures">): string[] {
  if (withoutPictures) return [];
  const shown = comparison.winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
  const listed = listing?.images.slice(0, thumbnails) ?? [];
  return [...new Set([...[...shown, ...extremes].map(({ images }) => images), ...listed].flat())];
}

/** A picture by its name; nothing for a file that is not there or no picture: what was said of it is shown all the same. */
async function shrinkNamed(
  name: string,
  pathOf: ImageNames["pathOf"],
  size: ThumbnailOptions,
): Promise<Buffer | undefined> {
  const path = pathOf(fileInside(undefined, name, "the data"));
  if (!existsSync(holdingFile(path))) return undefined;
  try {
    return await shrink(path, size);
  } catch (error) {
    if (error instanceof SimvlmError) return undefined;
    throw error;
  }
}
