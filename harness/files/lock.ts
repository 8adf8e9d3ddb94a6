import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
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
 *
 * Whether a process of another machine still runs nobody can tell. So a lock is written again and again while it is held;
 * one from elsewhere that has not been for long counts for nothing: that machine is gone, or cannot reach the folder. A
 * process that was taken for gone finds that out when it would write its lock again.
 */

/** How long one waits for others that came at the same moment, in milliseconds. */
const PATIENCE = 2000;
const MOMENT = 20;
/** How often a lock is written again, in milliseconds. */
const RENEWAL = 30_000;
/** After so long the lock of another machine counts for nothing, in milliseconds: work may block a process for minutes. */
const LEASE = 600_000;
/** Only locks that say so are written again; those of versions up to 0.2 are not. */
const RENEWED = "written again every 30 s";
/** The lock of runs that versions up to 0.2 work on. */
const EARLIER = ".lock";

/** What is locked. */
export interface Lockable {
  /** Where the lock lies; it must exist. */
  readonly folder: string;
  /** What it belongs to: a file or folder in `folder`, or a word for all of it. */
  readonly name: string;
  /** The first word of the error's code. */
  readonly kind: "run" | "training" | "toybox" | "judging";
  /** What messages call it. */
  readonly place: string;
}

/** Whether a file of this name is a lock. */
export const isLock = (fileName: string): boolean => fileName === EARLIER || parseDraft(fileName)?.kind === "lock";

/** Whether somebody may be at work in a folder: nobody who is gone counts, and nothing is touched. */
export async function isHeld(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!isLock(name)) continue;
    if (!(name === EARLIER ? await isEarlierGone(folder) : await isGone(folder, name))) return true;
  }
  return false;
}

/** A lock that is held. */
export interface Lock {
  /** Gives it free. */
  release(): Promise<void>;
  /**
   * @throws SimvlmError `run-in-use`, `training-in-use`, `toybox-in-use`, `judging-in-use` where another machine has
   *   taken this process for gone: it could not write its lock for minutes
   */
  requireHeld(): void;
}

/**
 * Keeps other processes, and other calls of this one, from working on the same. The lock of a process that was killed
 * counts for nothing, and neither does that of another machine that has not been heard of for ten minutes.
 * @throws SimvlmError `run-in-use`, `training-in-use`, `toybox-in-use`, `judging-in-use`, `cannot-write`
 */
export async function takeLock({ folder, name, kind, place }: Lockable): Promise<Lock> {
  const own = draftOf(join(folder, name), "lock");
  const release = () => rm(own, { force: true });
  const since = new Date().toISOString();
  // The name says all that counts; what the file holds is for people.
  const text = `process ${process.pid} on ${hostname()}, boot ${bootId()}, since ${since}, ${RENEWED}\n`;
  try {
    const before = (await findRivals(folder, name))[0];
    if (before !== undefined) throw await inUse(join(folder, before), kind, place);
    await writeFile(own, text, { flag: "wx" });
    for (let waited = 0; ; waited += MOMENT) {
      const rival = (await findRivals(folder, name, basename(own)))[0];
      if (rival === undefined) return keepAlive(own, text, { release, kind, place });
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

/** Writes a lock again and again, until it is given free or somebody has taken it away. */
function keepAlive(
  path: string,
  text: string,
  { release, kind, place }: Pick<Lockable, "kind" | "place"> & Pick<Lock, "release">,
): Lock {
  let isLost = false;
  const renew = () =>
    writeFile(path, text, { flag: "r+" }).catch(({ code }: NodeJS.ErrnoException) => {
      if (code === "ENOENT") isLost = true; // any other fault may pass
    });
  const timer = setInterval(renew, RENEWAL).unref();
  return {
    release: () => {
      clearInterval(timer);
      return release();
    },
    requireHeld: () => {
      if (!isLost) return;
      throw new SimvlmError(
        `${kind}-in-use`,
        `${place} is another process's now: this one's lock had not been written for ${LEASE / 60_000} minutes.`,
      );
    },
  };
}

/** The locks of others that may still be at work, first by name; those of processes that are gone are removed. */
async function findRivals(folder: string, name: string, own?: string): Promise<string[]> {
  const rivals: string[] = [];
  for (const each of (await readdir(folder)).sort()) {
    const isOf = each === EARLIER || (isLock(each) && parseDraft(each)?.name === name);
    if (!isOf || each === own) continue;
    if (each === EARLIER ? await isEarlierGone(folder) : await isGone(folder, each))
      await rm(join(folder, each), { force: true });
    else rivals.push(each);
  }
  return rivals;
}

async function isGone(folder: string, lock: string): Promise<boolean> {
  const maker = judgeMaker(parseDraft(lock)!.mark);
  return maker === "gone" || (maker === "elsewhere" && (await isLeaseOver(join(folder, lock))));
}

/** By the clock of whoever keeps the files: those of two machines need not agree. */
async function isLeaseOver(path: string): Promise<boolean> {
  const probe = draftOf(path);
  try {
    if (!(await readFile(path, "utf8")).includes(RENEWED)) return false;
    await writeFile(probe, "");
    return (await stat(probe)).mtimeMs - (await stat(path)).mtimeMs > LEASE;
  } catch {
    return false; // it is being given free
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
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
