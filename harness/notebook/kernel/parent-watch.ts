import { rmSync } from "node:fs";
import { workerData } from "node:worker_threads";
import type { ParentWatch } from "./main.js";

/** How often it is looked whether the program that started the kernel still lives. */
const CHECK_MS = 500;

const { parent, connectionFile } = workerData as ParentWatch;
const first = process.ppid;

/** Who was killed before the kernel had started is missing from the first look on. */
function parentLives(): boolean {
  if (process.platform !== "win32" && process.ppid !== first) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** With what the cells have started, where the kernel leads a group of processes: Jupyter and our runner start it so. */
function killKernel(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL"); // no group is its own
  }
}

/**
 * The program of a thread beside the kernel's own, whose event loop a cell may keep busy for ever. Whoever is killed
 * cannot end its kernels, nor remove the file with their key: this does both.
 */
setInterval(() => {
  if (parentLives()) return;
  if (connectionFile !== undefined) rmSync(connectionFile, { force: true });
  killKernel();
}, CHECK_MS);
