import { mkdir, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { attemptWrite, isSystemError } from "./system-error.js";

/**
 * Makes a folder, and those that it lies in; one that is there already is left as it is.
 * @throws SimvlmError `cannot-write`
 */
export async function makeFolder(path: string): Promise<void> {
  await attemptWrite(path, () => make(resolve(path)));
}

/** Step by step: Node's own `recursive` never returns where a system's folder, such as `/proc`, refuses new ones. */
async function make(path: string): Promise<void> {
  let refusal = await tryToMake(path);
  if (refusal?.code === "ENOENT" && dirname(path) !== path && !(await isFolder(dirname(path)))) {
    await make(dirname(path));
    refusal = await tryToMake(path);
  }
  if (refusal) throw refusal;
}

/** @returns why there is no folder now */
async function tryToMake(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code !== "EEXIST" || !(await isFolder(path))) return error;
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * A new folder of one's own below the system's temporary one.
 * @param purpose stands in its name
 * @throws SimvlmError `cannot-write`
 */
export async function makeTemporaryFolder(purpose: string): Promise<string> {
  const parent = tmpdir();
  return attemptWrite(parent, () => mkdtemp(join(parent, `simvlm-${purpose}-`)));
}
