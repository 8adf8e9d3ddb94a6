import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { openFile } from "../files/open-file.js";
import type { ZipArchive } from "./zip-archive.js";

/** A file that data are taken from, wherever it lies. */
export interface SourceFile {
  /** What messages call it. */
  readonly path: string;
  /** How many bytes it has. */
  readonly size: number;
  open(): Promise<Readable>;
}

/** The entry of an archive. */
export function entryOf(archive: ZipArchive, name: string): SourceFile {
  return {
    path: `${archive.path}, ${name}`,
    size: archive.sizeOf(name),
    open: async () => Readable.from(archive.read(name)),
  };
}

/** A regular file; undefined where there is none. */
export async function fileAt(path: string): Promise<SourceFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return { path, size: found.size, open: async () => (await openFile(path)).createReadStream() };
}

/** Whether there is a regular file of this path. */
export async function isFile(path: string): Promise<boolean> {
  return (await fileAt(path)) !== undefined;
}
