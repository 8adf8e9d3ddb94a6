import { access, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { draftOf, sweepDrafts } from "../files/drafts.js";

/** Whether there is a file or folder of this path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a folder as a whole: `fill` writes into a folder of another name, which then takes the place of `folder`.
 * A folder that stands there is replaced only if it has the file `mark`, so that nothing else is ever removed.
 * @throws SimvlmError `not-a-checkpoint`, `cannot-write`, and what else `fill` throws; then nothing is left behind
 */
export async function replaceFolder(
  folder: string,
  mark: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const target = resolve(folder);
  await sweepDrafts(dirname(target), basename(target));
  if ((await exists(target)) && !(await exists(join(target, mark)))) {
    throw new SimvlmError(
      "not-a-checkpoint",
      `${folder} exists and has no ${mark}, so it is not replaced. Choose another name.`,
    );
  }
  try {
    await replaceWhole(target, fill);
  } catch (cause) {
    if (cause instanceof SimvlmError || !isSystemError(cause)) throw cause;
    throw new SimvlmError("cannot-write", `${folder} cannot be written: ${cause.message}`, { cause });
  }
}

/** What the file system throws has a code and the call that failed. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

async function replaceWhole(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const [draft, old] = [draftOf(target, "draft"), draftOf(target, "old")];
  await mkdir(dirname(target), { recursive: true });
  await mkdir(draft);
  try {
    await fill(draft);
    await syncFolder(draft);
    const replaced = await exists(target);
    if (replaced) await rename(target, old);
    try {
      await rename(draft, target);
    } catch (error) {
      if (replaced) await rename(old, target);
      throw error;
    }
    await syncFolder(dirname(target));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

/** Forces a folder's names to the disk; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
