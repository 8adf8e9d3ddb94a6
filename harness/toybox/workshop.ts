import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import pMap from "p-map";
import { pack } from "tar-stream";
import { writeFilesAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { attemptWrite } from "../files/system-error.js";
import type { Random } from "../random.js";
import { type ImageFormat, renderScene } from "./drawing/render.js";
import type { WebMixture } from "./web/mixtures.js";
import type { Scene, Split } from "./world/scene.js";
import type { World } from "./world/worlds.js";

/** What every data set is made with. */
export interface Workshop {
  /** The folder everything is written below. */
  readonly root: string;
  readonly random: Random;
  /** The share of web pairs whose text is not about their picture, or says something wrong. */
  readonly noise: number;
  /** Which pictures the web pairs show. */
  readonly web: WebMixture;
  /** What scenes are made of. */
  readonly world: World;
  readonly concurrency: number;
  /** Called when one more picture or document is done. */
  tick(): void;
}

/** A part of a data set that is written in one go, such as a split or a shard. */
export interface Job {
  /** Files below the root; they are all there exactly if the job is done. */
  readonly files: readonly string[];
  /** How many ticks it takes. */
  readonly steps: number;
  /** For what older versions did not write: a finished Toybox that lacks it is one all the same, and gets it. */
  readonly isLater?: boolean;
  run(workshop: Workshop): Promise<void>;
}

/** A picture to be written: the name of its file, and what it shows. */
export interface Picture {
  readonly name: string;
  readonly scene: Scene;
}

/** Where a split's images lie. */
export const imageFolder = (dataSet: string, split: string): string => `${dataSet}/images/${split}`;

/**
 * Renders pictures into a folder that only appears once it is complete. How a picture looks follows from the random
 * stream and its name.
 */
export async function writePictures(
  { root, random, concurrency, tick }: Workshop,
  folder: string,
  pictures: readonly Picture[],
  format: ImageFormat = "jpeg",
): Promise<void> {
  const final = join(root, folder);
  const partial = `${final}.partial`;
  await rm(partial, { recursive: true, force: true });
  await rm(final, { recursive: true, force: true });
  await makeFolder(partial);
  const looks = random.fork(folder);
  const draw = async ({ name, scene }: Picture): Promise<void> => {
    const path = join(partial, name);
    const picture = await renderScene(scene, looks.fork(name), format);
    await attemptWrite(path, () => writeFile(path, picture));
    tick();
  };
  await pMap(pictures, draw, { concurrency });
  await rename(partial, final);
}

/** Writes a job's text files; those with names in `.gz` are compressed. */
export async function writeTexts(root: string, texts: Readonly<Record<string, string>>): Promise<void> {
  const files = Object.entries(texts).map(([name, text]): [string, string | Uint8Array] => [
    join(root, name),
    name.endsWith(".gz") ? gzip(text) : text,
  ]);
  for (const [path] of files) await makeFolder(dirname(path));
  await writeFilesAtomic(files);
}

/** The tenth byte of a gzip header names the system it was packed on; here it is always "unknown". */
function gzip(text: string): Uint8Array {
  const packed = gzipSync(text, { level: 6 });
  packed[9] = 255;
  return packed;
}

/** A file in a tar archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: string | Buffer;
}

/** A tar archive without times, users or anything else that differs from run to run. */
export async function writeTar(root: string, name: string, entries: readonly TarEntry[]): Promise<void> {
  const archive = pack();
  for (const { name, content } of entries) archive.entry({ name, mtime: new Date(0), mode: 0o644 }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const path = join(root, name);
  await makeFolder(dirname(path));
  await writeFilesAtomic([[path, Buffer.concat(chunks)]]);
}

/** A value as one line of JSON. */
export const toJson = (value: unknown): string => `${JSON.stringify(value)}\n`;
/** A line of JSON for each value. */
export const toJsonLines = (values: readonly unknown[]): string => values.map(toJson).join("");
/** The lines, each with its line feed. */
export const toLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** The first id of a split; the ids of different splits never overlap. */
export function firstId(split: Split): number {
  return { train: 1, val: 1_000_001, test: 2_000_001 }[split];
}
