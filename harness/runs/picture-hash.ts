import { createHash } from "node:crypto";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile, hashText } from "../files/hash.js";
import { staysInside } from "../files/inside.js";
import { parseCellPlace, readCell } from "../files/parquet-cells.js";
import { listIds } from "../formats/ids.js";
import { inParallel } from "../in-parallel.js";
import { isFailure, type Outcome } from "../tasks/prediction.js";
import { showsImage } from "../tasks/shown-images.js";
import type { TaskData } from "../tasks/task.js";
import type { Manifest } from "./manifest.js";
import { nameIn } from "./place.js";
import { selectExamples } from "./selection.js";

/** Files hashed at the same time. */
const AT_A_TIME = 16;

/** The pictures that a run's examples were shown with. */
export interface HashedPictures {
  /** In the order of the data. */
  readonly files: readonly string[];
  /** Of each file, as it is hashed and shown. */
  readonly names: readonly string[];
  /** SHA-256 of each in hex; undefined for one that is not there, or cannot be read. */
  readonly hashes: readonly (string | undefined)[];
  /** Of a line a picture, `NAME SHA-256`; undefined while some are missing. */
  readonly sha256: string | undefined;
}

/** A run whose pictures are looked at. */
export interface Shown {
  readonly manifest: Pick<Manifest, "source" | "settings" | "limit" | "shard">;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
  /** Pictures are named relative to it. */
  readonly dataFolder: string;
}

const LOOKING: ReadonlySet<unknown> = new Set(["model", "endpoint", "transformers"]);

/** Whether whoever predicted looked at pictures: a file of predictions has none to look at. */
export function readsPictures({ source, settings }: Shown["manifest"]): boolean {
  return LOOKING.has(source.kind) && showsImage(settings.modality);
}

/** Hashes the pictures of all examples that were asked, each once. */
export async function hashPictures({ manifest, data, outcomes, dataFolder }: Shown): Promise<HashedPictures> {
  const leftOut = new Set(outcomes.filter((outcome) => isFailure(outcome) && outcome.leftOut).map(({ id }) => id));
  const asked = selectExamples(data, manifest).filter(({ id }) => !leftOut.has(id));
  const files = [...new Set(asked.flatMap(({ images }) => images))];
  const hashes = await hashAll(files);
  const names = files.map((file) => nameOf(file, dataFolder, data));
  if (hashes.includes(undefined)) return { files, names, hashes, sha256: undefined };
  const sum = createHash("sha256");
  for (const [i, name] of names.entries()) sum.update(`${name} ${hashes[i]}\n`);
  return { files, names, hashes, sha256: sum.digest("hex") };
}

/** Hex digits that tell a picture from another, not from one that was made to look the same: the sum of all does that. */
const DIGITS = 16;

/** A line a picture: the first digits of its hash. */
export function formatDigits({ hashes }: HashedPictures): string {
  return hashes.map((hash = "") => `${hash.slice(0, DIGITS)}\n`).join("");
}

/** From the data's folder; of a picture that lies elsewhere, from the folder that all of them lie in. */
function nameOf(file: string, dataFolder: string, { imageRoot }: TaskData): string {
  const name = nameIn(dataFolder, file);
  return imageRoot !== undefined && !staysInside(name) ? nameIn(imageRoot, file) : name;
}

async function hashPicture(file: string): Promise<string> {
  const place = parseCellPlace(file);
  return place ? hashText(await readCell(place)) : hashFile(file);
}

function hashAll(files: readonly string[]): Promise<(string | undefined)[]> {
  return inParallel(AT_A_TIME, files, (file) =>
    hashPicture(file).catch((error: unknown) => {
      if (error instanceof SimvlmError) return undefined;
      throw error;
    }),
  );
}

/** What a run keeps of the pictures that it was made with. */
export interface KeptPictures extends NonNullable<Manifest["pictures"]> {
  /** The text of {@link formatDigits}, where it is at hand. */
  readonly digits?: string | undefined;
}

/** So many pictures are named. */
const NAMED = 10;

/** What is to be said of pictures that a run was made with, and of those that are there now; nothing if they are the same. */
export function describePictures(
  then: KeptPictures,
  now: HashedPictures,
  folder: string,
): { readonly difference?: string; readonly note?: string } {
  const count = now.names.length;
  const missing = now.hashes.filter((hash) => hash === undefined).length;
  const others = now.sha256 === then.sha256 ? [] : findOthers(then, now);
  const difference = `the pictures in ${folder} are not those that were shown`;
  if (missing > 0) {
    const which = missing === count ? "the" : `${missing} of ${count}`;
    return {
      note: `${which} pictures are not in ${folder}: that they are those that were shown is not confirmed`,
      ...(others.length > 0 && { difference: `${difference}: ${nameOthers(others, count)}` }),
    };
  }
  if (now.sha256 === then.sha256) return {};
  if (others.length > 0) return { difference: `${difference}: ${nameOthers(others, count)}` };
  const which = count === then.count ? `at least one of ${count} is another` : `there were ${then.count}, now ${count}`;
  return { difference: `${difference}: ${which}` };
}

/** How many pictures are others, and which. */
export function nameOthers(others: readonly string[], count: number): string {
  return `${others.length} of ${count} ${others.length === 1 ? "is another" : "are others"}: ${listIds(others, NAMED)}`;
}

/** The names of pictures that are there and are others; none where nothing was kept of each. */
export function findOthers({ digits = "" }: KeptPictures, { names, hashes }: HashedPictures): string[] {
  const kept = digits.trimEnd().split("\n");
  if (kept.length !== names.length) return [];
  return names.filter((_, i) => hashes[i] !== undefined && hashes[i]!.slice(0, DIGITS) !== kept[i]);
}
