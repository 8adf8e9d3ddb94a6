import type { Stats } from "node:fs";
import { access, constants, lstat, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { attemptWrite, isSystemError } from "./system-error.js";

/** Where a path leads that is to be written. */
export interface Destination {
  /** Symbolic links are followed, one that leads to no file yet as well. */
  readonly path: string;
  /** The file that stands there; undefined where there is none. */
  readonly found?: Stats;
  /** Whether it is no file of its own, but a pipe, a device or what a process has open, and takes bytes as they come. */
  readonly isStream: boolean;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;
/** The folder of what a process has open, as `/dev/stdout` and `>(command)` lead into it. */
const DESCRIPTORS = /^\/(?:proc\/\d+(?:\/task\/\d+)?|dev)\/fd$/;

/**
 * Where a file is really written that is called `path`.
 * @throws SimvlmError `cannot-write` for a folder, a circle of links, and a file that may not be written; system errors
 */
export async function findDestination(path: string): Promise<Destination> {
  let place = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = await realpath(dirname(place)).catch((error: unknown) => {
      if (!isSystemError(error) || error.code !== "ENOENT") throw error;
      const cause = { cause: error };
      throw new SimvlmError("cannot-write", `${path} cannot be written: there is no folder ${dirname(place)}.`, cause);
    });
    place = join(folder, basename(place));
    if (DESCRIPTORS.test(folder)) return { path: place, isStream: true };
    const found = await lstat(place).catch((error: unknown) => {
      if (isSystemError(error) && error.code === "ENOENT") return undefined;
      throw error;
    });
    if (found?.isDirectory() || /[/\\]$/.test(path)) {
      throw new SimvlmError("cannot-write", `${path} cannot be written: it is a folder. Name a file in it.`);
    }
    if (!found) return { path: place, isStream: false };
    if (!found.isSymbolicLink()) {
      await access(place, constants.W_OK);
      return { path: place, found, isStream: !found.isFile() };
    }
    const next = await readlink(place);
    // Not normalised: `..` after a link leads out of the folder that it names.
    place = isAbsolute(next) ? next : `${folder}/${next}`;
  }
  throw new SimvlmError("cannot-write", `${path} cannot be written: its symbolic links lead in a circle.`);
}

/**
 * Throws unless a file of that name can be written, as far as this can be told without writing: for a command to find
 * out before its work, not after it.
 * @throws SimvlmError `cannot-write`
 */
export async function checkDestination(path: string): Promise<void> {
  await attemptWrite(path, async () => {
    const destination = await findDestination(path);
    if (!destination.found && !destination.isStream) await access(dirname(destination.path), constants.W_OK);
  });
}

/**
 * Throws unless a folder of that name is there or can be made, as far as this can be told without making it.
 * @throws SimvlmError `cannot-write`
 */
export async function checkFolder(path: string): Promise<void> {
  await attemptWrite(path, async () => {
    let place = await findFolder(path);
    for (;;) {
      const found = await stat(place).catch((error: unknown) => {
        if (isSystemError(error) && error.code === "ENOENT") return undefined;
        throw error;
      });
      if (found && !found.isDirectory()) {
        throw new SimvlmError("cannot-write", `${path} cannot be written: ${place} is a file, not a folder.`);
      }
      if (found || dirname(place) === place) return access(place, constants.W_OK | constants.X_OK);
      place = dirname(place);
    }
  });
}

/** Whether two paths lead to one file, by whatever links, be it there or not. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => findDestination(path).catch(() => undefined)));
  if (!a || !b) return false;
  const isOneInode = a.found !== undefined && a.found.ino === b.found?.ino && a.found.dev === b.found.dev;
  return a.path === b.path || isOneInode;
}

/** Where a folder really lies, or would lie: symbolic links are followed, one that leads to nothing yet as well. */
export async function findFolder(path: string): Promise<string> {
  let place = resolve(path);
  for (let links = 0; links <= MOST_LINKS; links++) {
    const found = await realpath(place).catch(() => undefined);
    if (found !== undefined) return found;
    const next = await readlink(place).catch(() => undefined);
    if (next === undefined) return place;
    place = isAbsolute(next) ? next : join(await realpath(dirname(place)), next);
  }
  throw new SimvlmError("cannot-write", `${path} cannot be written: its symbolic links lead in a circle.`);
}
