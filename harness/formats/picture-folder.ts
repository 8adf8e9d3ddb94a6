import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileInside, staysInside } from "../files/inside.js";
import { splitNames } from "./split-rows.js";

/** Where the pictures of a split are looked for. */
export interface PictureQuery {
  /** Of the data set. */
  readonly folder: string;
  readonly split: string;
  /** Where pictures lie, if that was said: there, or in a folder of the split's in it. */
  readonly images?: string | undefined;
}

/** Pictures by the names that a data set gives them. */
export interface PictureFolder {
  readonly root: string;
  /** @throws SimvlmError `unsafe-path` for a name that leads elsewhere */
  locate(name: string, where: string): string;
}

/** So many pictures are looked for to find the folder. */
const SAMPLE = 16;
/** Folders of pictures as archives unpack, whatever the split. */
const USUAL = [
  "images",
  "Images",
  "train_images",
  "train_val_images/train_images",
  "test_images",
  "flickr30k-images",
  "test/png",
  "val/png",
];

/**
 * Finds the folder that a data set's pictures lie in: the one, of those that it may be, where most of a sample is found;
 * where none is, the first that is there.
 * @param names that the data set gives pictures, from the folder that is looked for
 */
export async function findPictures(names: readonly string[], query: PictureQuery): Promise<PictureFolder> {
  const { folder, split, images } = query;
  const usual = images ?? findImageRoot(folder, split);
  const candidates = [usual, ...(await listCandidates(images ?? folder, split))].filter(existsSync);
  const sample = pickSample(names);
  let best = { root: usual, found: 0, rename: RENAMES[0]! };
  for (const root of new Set(candidates)) {
    for (const rename of RENAMES) {
      const found = sample.filter((name) => existsSync(join(root, rename(name, root)))).length;
      if (found > best.found) best = { root, found, rename };
    }
    if (best.found === sample.length) break;
  }
  const { root, rename } = best;
  return { root, locate: (name, where) => fileInside(root, rename(name, root), where) };
}

/** What a picture's file may be called: as the data set says or, where that is a number, as COCO called it until 2015. */
const RENAMES: readonly ((name: string, root: string) => string)[] = [
  (name) => name,
  (name, root) => (/^\d{12}\.jpg$/.test(name) ? `COCO_${basename(root)}_${name}` : name),
];

/** Where a split's images lie: a folder of the split's own, or one of all, or beside the data files. */
export function findImageRoot(folder: string, split: string): string {
  const usual = [...splitFolders(split), "images"].map((name) => fileInside(folder, name, "the split", folder));
  return usual.find((path) => existsSync(path)) ?? folder;
}

/** Held-out questions are asked of images of the split that the name begins with. */
function splitFolders(split: string): string[] {
  return [split, split.replace(/-.*/, "")].flatMap((name) => [`images/${name}`, `${name}2014`, `${name}2017`]);
}

async function listCandidates(folder: string, split: string): Promise<string[]> {
  const names = splitNames(split).flatMap((name) => [...splitFolders(name), name, `${name}2015`, `images/${name}2014`]);
  const known = [...names, ...USUAL].map((name) => fileInside(folder, name, "the split", folder));
  const below = [...(await listFolders(folder)), ...(await listFolders(join(folder, "images")))];
  return [folder, ...known, ...below, ...below.flatMap((place) => names.map((name) => join(place, name)))];
}

async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isFile())
    .map(({ name }) => join(folder, name))
    .sort();
}

function pickSample(names: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(names.length / SAMPLE));
  return names.filter((name, place) => place % step === 0 && staysInside(name)).slice(0, SAMPLE);
}

/** A picture of an example: a file that the data set names, or bytes in the data file itself. */
interface Pictured {
  readonly id: string;
  readonly file?: string | undefined;
  readonly inside?: string | undefined;
}

/** The names of pictures that are files. */
export function namesOf(examples: readonly Pictured[]): string[] {
  return examples.flatMap(({ file }) => file ?? []);
}

/**
 * Where an example's picture is; undefined for one that has none.
 * @param data the file that names it, for the message
 * @throws SimvlmError `unsafe-path`
 */
export function locate({ id, file, inside }: Pictured, pictures: PictureFolder, data: string): string | undefined {
  return inside ?? (file === undefined ? undefined : pictures.locate(file, `${data}: ${id}`));
}
