import { open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { draftOf, sweepDrafts } from "./drafts.js";

/**
 * Writes a file so that its name never stands for half of it: under a temporary name beside it, flushed to the disk,
 * then renamed. Whatever was there stays until then.
 *
 * @throws SimvlmError `cannot-write`
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await writeFilesAtomic([[path, content]]);
}

/**
 * {@link writeFileAtomic} of several files that belong together: none is renamed before all are on the disk.
 *
 * @throws SimvlmError `cannot-write`
 */
export async function writeFilesAtomic(files: readonly (readonly [string, string | Uint8Array])[]): Promise<void> {
  const written: { path: string; temporary: string }[] = [];
  try {
    for (const [path, content] of files) {
      await sweepDrafts(dirname(path), basename(path));
      const temporary = draftOf(path);
      written.push({ path, temporary });
      await attempt(path, () => writeDurably(temporary, content));
    }
    for (const { path, temporary } of written) await attempt(path, () => rename(temporary, path));
  } finally {
    // What could not be written need not be removable: its folder may be a file.
    for (const { temporary } of written) await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Writes a file and forces it to the disk. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function attempt(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw new SimvlmError("cannot-write", `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
