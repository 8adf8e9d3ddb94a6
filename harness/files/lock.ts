import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SimvlmError } from "@simvlm/metrics";
import { draftOf, parseDraft } from "./drafts.js";
import { bootId, isAlive, judgeMaker } from "./process-mark.js";
import { cannotWrite } from "./system-error.js";

/*
 * Each process that wants the lock puts a file of its own there, under a name that nobody else ever has, and then looks
 * who else has one. Of two that do so at the same time at least one sees the other, so never do both go on. Nobody has
 * to take anybody's lock away: that of a process that is gone counts for nothing, and to remove it can hit nobody else.
 */

/** How long one waits for others that came at the same moment, in milliseconds. */
const PATIENCE = 2000;
const MOMENT = 20;
/** The lock of runs that versions up to 0.2 work on. */
const EARLIER = ".lock";

/** What is locked. */
export interface Lockable {
  /** Where the lock lies; it must exist. */
  readonly folder: string;
  /** What it belongs to: a file or folder in `folder`, or a word for all of it. */
  readonly name: string;
  /** The first word of the error's code. */
  readonly kind: "run" | "training" | "toybox";
  /** What messages call it. */
  readonly place: string;
}

/** Whether a file of this name is a lock. */
export const isLock = (fileName: string): boolean => fileName === EARLIER || parseDraft(fileName)?.kind === "lock";

/**
 * Keeps other processes, and other calls of this one, from working on the same. The lock of a process that was killed
 * counts for nothing.
 * @returns what gives it free
 * @throws SimvlmError `run-in-use`, `training-in-use`, `toybox-in-use`, `cannot-write`
 */
export async function takeLock({ folder, name, kind, place }: Lockable): Promise<() => Promise<void>> {
  const own = draftOf(join(folder, name), "lock");
  const release = () => rm(own, { force: true });
  try {
    const before = (await findRivals(folder, name))[0];
    if (before !== undefined) throw await inUse(join(folder, before), kind, place);
    // The name says all that counts; what the file holds is for people.
    await writeFile(own, `process ${process.pid} on ${hostname()}, boot ${bootId()}\n`, { flag: "wx" });
    for (let waited = 0; ; waited += MOMENT) {
      const rival = (await findRivals(folder, name, basename(own)))[0];
      if (rival === undefined) return release;
      // Of several that came at the same moment the first by name stays, and waits for the others to go.
      if (rival < basename(own) || waited >= PATIENCE) throw await inUse(join(folder, rival), kind, place);
      await pause(MOMENT);
    }
  } catch (cause) {
    await release().catch(() => {});
    if (cause instanceof SimvlmError) throw cause;
    throw cannotWrite(place, cause as Error);
  }
}

/** The locks of others that may still be at work, first by name; those of processes that are gone are removed. */
async function findRivals(folder: string, name: string, own?: string): Promise<string[]> {
  const rivals: string[] = [];
  for (const each of (await readdir(folder)).sort()) {
    const isOf = each === EARLIER || (isLock(each) && parseDraft(each)?.name === name);
    if (!isOf || each === own) continue;
    const isGone = each === EARLIER ? await isEarlierGone(folder) : judgeMaker(parseDraft(each)!.mark) === "gone";
    if (isGone) await rm(join(folder, each), { force: true });
    else rivals.push(each);
  }
  return rivals;
}

/** It holds the number of the process and the host; one that is empty is just being written, or nobody knows by whom. */
async function isEarlierGone(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, EARLIER), "utf8").catch(() => "");
  const [, pid, host] = /^(\d+) (.+)$/.exec(text.trim()) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}

async function inUse(path: string, kind: Lockable["kind"], place: string): Promise<SimvlmError> {
  const holder = (await readFile(path, "utf8").catch(() => "")).trim() || "another process";
  return new SimvlmError(
    `${kind}-in-use`,
    `${place} is being written (${holder}). Wait for it; if there is no such process, remove ${path}.`,
  );
}
