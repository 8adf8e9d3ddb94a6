import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import { LONGEST_POINTER, POINTER_START, refusePointer } from "./lfs-pointer.js";

/**
 * Opens a file for reading. What is no regular file is refused, see {@link requireFile}, and so is what Git LFS left in
 * its place.
 * @param longest how many bytes it may have
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export async function openFile(path: string, longest?: number): Promise<FileHandle> {
  const { size } = await requireFile(path, longest);
  const file = await open(path, "r").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (size > LONGEST_POINTER) return file;
  try {
    const start = Buffer.alloc(POINTER_START);
    const { bytesRead } = await file.read(start, 0, POINTER_START, 0); // reading goes on from the beginning all the same
    refusePointer(start.subarray(0, bytesRead), path);
    return file;
  } catch (error) {
    await file.close();
    throw error instanceof SimvlmError ? error : unreadable(path, error);
  }
}

/**
 * Throws unless there is a regular file, or a link to one: a pipe would keep whoever opens it waiting for ever.
 * @param longest how many bytes it may have
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function requireFile(path: string, longest = Number.POSITIVE_INFINITY): Promise<Stats> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory())
    throw new SimvlmError("unreadable-file", `${path} is a folder, not a regular file. Name a file in it.`);
  if (!found.isFile()) {
    throw new SimvlmError("unreadable-file", `${path} is not a regular file, but a pipe or a device.`);
  }
  if (found.size > longest) {
    throw new SimvlmError("unreadable-file", `${path} has ${found.size} bytes: no file of its kind is that long.`);
  }
  return found;
}

/** What the system answers to whoever opens or reads a file, as an error that names it. */
export function unreadable(path: string, cause: unknown): SimvlmError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") {
    return new SimvlmError("missing-file", `${path}: there is no such file, or it is a link to none. Check the path.`, {
      cause,
    });
  }
  return new SimvlmError("unreadable-file", `${path} cannot be read: ${message}`, { cause });
}

/**
 * A file's bytes, from the first to the last.
 * @throws SimvlmError see {@link openFile}
 */
export async function streamFile(path: string): Promise<Readable> {
  return (await openFile(path)).createReadStream({ start: 0 });
}
