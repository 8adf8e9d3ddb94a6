import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { judgeMaker, MARK, newMark } from "./process-mark.js";
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
  if (refusal?.code === "ENOENT" && dirname(path) !== path) {
    // Another process may have made it in the meantime.
    if (!(await isFolder(dirname(path)))) await make(dirname(path));
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

/** Whether there is a folder of that name; what is missing or cannot be looked at is none. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The names of {@link makeTemporaryFolder}, with the process that made it. */
const TEMPORARY = new RegExp(`^simvlm-[a-z]+-(${MARK})-\\w{6}$`);

/**
 * A new folder of one's own below the system's temporary one; those that killed processes have left there are removed.
 * @param purpose stands in its name: a word of small letters
 * @throws SimvlmError `cannot-write`
 */
export async function makeTemporaryFolder(purpose: string): Promise<string> {
  const parent = tmpdir();
  const names: string[] = await readdir(parent).catch(() => []);
  for (const name of names) {
    const [, mark] = TEMPORARY.exec(name) ?? [];
    if (mark === undefined || judgeMaker(mark) !== "gone") continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {}); // it may be somebody else's
  }
  return attemptWrite(parent, () => mkdtemp(join(parent, `simvlm-${purpose}-${newMark()}-`)));
}
