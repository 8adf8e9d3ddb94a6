import { createHash } from "node:crypto";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile, hashText } from "../files/hash.js";
import { staysInside } from "../files/inside.js";
import { parseCellPlace, readCell } from "../files/parquet-cells.js";
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
  readonly count: number;
  /** How many of them are not there, or cannot be read. */
  readonly missing: number;
  /** Of a line a picture, `NAME SHA-256`, in the order of the data; undefined while some are missing. */
  readonly sha256: string | undefined;
}

interface Shown {
  readonly manifest: Pick<Manifest, "source" | "settings" | "limit" | "shard">;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
  /** Pictures are named relative to it. */
  readonly dataFolder: string;
}

/** Whether whoever predicted looked at pictures: a file of predictions has none to look at. */
export function readsPictures({ source, settings }: Shown["manifest"]): boolean {
  return (source.kind === "model" || source.kind === "endpoint") && showsImage(settings.modality);
}

/** Hashes the pictures of all examples that were asked, each once. */
export async function hashPictures({ manifest, data, outcomes, dataFolder }: Shown): Promise<HashedPictures> {
  const leftOut = new Set(outcomes.filter((outcome) => isFailure(outcome) && outcome.leftOut).map(({ id }) => id));
  const asked = selectExamples(data, manifest).filter(({ id }) => !leftOut.has(id));
  const files = [...new Set(asked.flatMap(({ images }) => images))];
  const hashes = await hashAll(files);
  const missing = hashes.filter((hash) => hash === undefined).length;
  const sum = createHash("sha256");
  for (const [i, file] of files.entries()) sum.update(`${nameOf(file, dataFolder, data)} ${hashes[i]}\n`);
  return { count: files.length, missing, sha256: missing > 0 ? undefined : sum.digest("hex") };
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

async function hashAll(files: readonly string[]): Promise<(string | undefined)[]> {
  const hashes: (string | undefined)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const at = next++;
      hashes[at] = await hashPicture(files[at]!).catch((error: unknown) => {
        if (error instanceof SimvlmError) return undefined;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, files.length) }, work));
  return Array.from({ length: files.length }, (_, i) => hashes[i]);
}

/** What is to be said of pictures that a run was made with, and of those that are there now; nothing if they are the same. */
export function describePictures(
  then: NonNullable<Manifest["pictures"]>,
  now: HashedPictures,
  folder: string,
): { readonly difference?: string; readonly note?: string } {
  if (now.missing > 0) {
    const missing = now.missing === now.count ? "the" : `${now.missing} of ${now.count}`;
    return { note: `${missing} pictures are not in ${folder}: that they are those that were shown is not confirmed` };
  }
  if (now.sha256 === then.sha256) return {};
  return {
    difference: `the pictures in ${folder} are not those that were shown: at least one of ${then.count} is another`,
  };
}
