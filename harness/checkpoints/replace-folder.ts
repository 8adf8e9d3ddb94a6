import { access, chmod, chown, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { findFolder } from "../files/destination.js";
import { draftOf, sweepDrafts } from "../files/drafts.js";
import { makeFolder } from "../files/folders.js";
import { attemptWrite } from "../files/system-error.js";

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
  // A symbolic link stays, and what it leads to is replaced.
  const target = await findFolder(folder);
  await sweepDrafts(dirname(target), basename(target));
  if ((await exists(target)) && !(await exists(join(target, mark)))) {
    throw new SimvlmError(
      "not-a-checkpoint",
      `${folder} exists and has no ${mark}, so it is not replaced. Choose another name.`,
    );
  }
  const refuse = async (draft: string): Promise<void> => {
    await fill(draft);
    await refuseToLose(folder, target, draft);
  };
  await attemptWrite(folder, () => replaceWhole(target, refuse));
}

/** Files of models as this program writes them, of another model perhaps than the new one. */
const OURS = /\.(?:json|onnx|safetensors)$|^(?:vocab|merges)\.txt$/;

/** Whatever else somebody has put into a folder would be gone with it. */
async function refuseToLose(folder: string, target: string, draft: string): Promise<void> {
  const entries = await readdir(target, { withFileTypes: true }).catch(() => []);
  const written = new Set(await readdir(draft));
  const foreign = entries
    .filter((entry) => !(entry.isFile() && (written.has(entry.name) || OURS.test(entry.name))))
    .map(({ name }) => name);
  if (foreign.length === 0) return;
  throw new SimvlmError(
    "not-a-checkpoint",
    `${folder} holds ${foreign.slice(0, 3).join(", ")}, which would be lost if it were replaced. Move it away, or choose another name.`,
  );
}

async function replaceWhole(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const [draft, old] = [draftOf(target, "draft"), draftOf(target, "old")];
  await makeFolder(dirname(target));
  await mkdir(draft);
  try {
    await fill(draft);
    await syncFolder(draft);
    const replaced = await exists(target);
    if (replaced) await handOn(target, draft);
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

/** Gives a folder the mode and the owner of the one that it will replace, as far as the system lets it. */
async function handOn(from: string, to: string): Promise<void> {
  const [before, now] = await Promise.all([stat(from), stat(to)]);
  if (before.uid !== now.uid || before.gid !== now.gid) await chown(to, before.uid, before.gid).catch(() => {});
  await chmod(to, before.mode & 0o7777);
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
