import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";

/** The lock's name in a run's folder. */
export const LOCK = ".lock";

/**
 * Keeps other processes from writing to a run while this one does. The lock of a process that was killed is taken over.
 * @returns what gives the run free
 * @throws SimvlmError `run-in-use`, `cannot-write`
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK);
  const claim = () => writeFile(path, `${process.pid} ${hostname()}`, { flag: "wx" });
  try {
    await claim().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      await requireStale(path, folder);
      await rm(path, { force: true });
      await claim();
    });
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    throw new SimvlmError("cannot-write", `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
  return () => rm(path, { force: true });
}

async function requireStale(path: string, folder: string): Promise<void> {
  const [pid = "", host = ""] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  const isElsewhere = host !== "" && host !== hostname();
  if (!isElsewhere && !isAlive(Number(pid))) return;
  throw new SimvlmError(
    "run-in-use",
    `${folder} is being written by process ${pid} on ${host}. Wait for it; if there is no such process, remove ${path}.`,
  );
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
