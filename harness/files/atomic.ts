import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type Destination, findDestination } from "./destination.js";
import { draftOf, sweepDrafts } from "./drafts.js";
import { attemptWrite, isSystemError } from "./system-error.js";

type Content = string | Uint8Array;

/**
 * Writes a file so that its name never stands for half of it: under a temporary name beside it, flushed to the disk,
 * then renamed. Whatever was there stays until then. Symbolic links are followed, and a file that is replaced hands on
 * its mode and owner. What is no regular file, such as a named pipe or `/dev/stderr`, is written as it is.
 *
 * @throws SimvlmError `cannot-write`
 */
export async function writeFileAtomic(path: string, content: Content): Promise<void> {
  await writeFilesAtomic([[path, content]]);
}

/**
 * {@link writeFileAtomic} of several files that belong together: none is renamed before all are on the disk.
 *
 * @throws SimvlmError `cannot-write`
 */
export async function writeFilesAtomic(files: readonly (readonly [string, Content])[]): Promise<void> {
  const temporaries: string[] = [];
  try {
    const drafts: Draft[] = [];
    for (const [path, content] of files) {
      drafts.push(await attemptWrite(path, () => prepare(path, content, temporaries)));
    }
    // What is no file cannot be taken back: it comes when the others are safe, and before they are in place.
    for (const draft of drafts)
      if (draft.temporary === undefined) await attemptWrite(draft.path, () => writeInPlace(draft));
    for (const draft of drafts)
      if (draft.temporary !== undefined) await attemptWrite(draft.path, () => putInPlace(draft));
  } finally {
    // What could not be written need not be removable: its folder may be a file.
    for (const temporary of temporaries) await rm(temporary, { force: true }).catch(() => {});
  }
}

/** What is about to be written. */
interface Draft {
  /** As it was named. */
  readonly path: string;
  readonly content: Content;
  readonly destination: Destination;
  /** The file beside it that has the content; undefined for what is written in place. */
  readonly temporary?: string;
}

/** The system's refusals of a new file beside one that may itself be written, or of handing on its owner. */
const NO_FILE_BESIDE = new Set(["EACCES", "EPERM", "EROFS"]);

/** @param temporaries gets the file that is made */
async function prepare(path: string, content: Content, temporaries: string[]): Promise<Draft> {
  const destination = await findDestination(path);
  const draft = { path, content, destination };
  if (destination.isStream) return draft;
  await sweepDrafts(dirname(destination.path), basename(destination.path));
  const temporary = draftOf(destination.path);
  temporaries.push(temporary);
  try {
    await writeBeside(temporary, draft);
    return { ...draft, temporary };
  } catch (error) {
    if (destination.found && isSystemError(error) && NO_FILE_BESIDE.has(error.code ?? "")) return draft;
    throw error;
  }
}

/** A new file with the mode and the owner of the one that it will replace. */
async function writeBeside(temporary: string, { content, destination: { found } }: Draft): Promise<void> {
  await rm(temporary, { force: true });
  await withFile(await open(temporary, "wx", found && found.mode & 0o777), async (file) => {
    if (found) {
      const { uid, gid } = await file.stat();
      if (uid !== found.uid || gid !== found.gid) await file.chown(found.uid, found.gid);
      await file.chmod(found.mode & 0o7777);
    }
    await file.writeFile(content);
    await file.sync();
  });
}

/** Renames; a file that something is mounted on cannot be replaced. */
async function putInPlace(draft: Draft): Promise<void> {
  await rename(draft.temporary!, draft.destination.path).catch((error: unknown) => {
    if (isSystemError(error) && error.code === "EBUSY") return writeInPlace(draft);
    throw error;
  });
}

async function writeInPlace({ content, destination: { path, isStream } }: Draft): Promise<void> {
  const file = await open(path, isStream ? constants.O_WRONLY | constants.O_APPEND : "r+");
  await withFile(file, async () => {
    try {
      await file.writeFile(content);
    } catch (error) {
      if (isStream && isSystemError(error) && error.code === "EPIPE") return; // its reader has seen enough
      throw error;
    }
    if (isStream) return;
    await file.truncate(Buffer.byteLength(content));
    await file.sync();
  });
}

/** Writes a file and forces it to the disk. */
export async function writeDurably(path: string, content: Content): Promise<void> {
  await withFile(await open(path, "w"), async (file) => {
    await file.writeFile(content);
    await file.sync();
  });
}

async function withFile(file: FileHandle, use: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
