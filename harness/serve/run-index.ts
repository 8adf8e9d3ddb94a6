import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hashText } from "../files/hash.js";
import { isHeld } from "../files/lock.js";
import { inParallel } from "../in-parallel.js";
import { type FoundRun, type FoundRuns, findRuns, stampRun } from "./find-runs.js";
import { type Entries, IndexCache, type IndexedEntry } from "./index-cache.js";
import { type RunEntry, readRunEntry } from "./run-entry.js";

/** A run that is served. */
export interface ServedRun extends FoundRun {
  /** What addresses call it: nothing of its path is in it. */
  readonly id: string;
  /** What its files are like now. */
  readonly stamp: string;
  readonly entry: RunEntry;
  /** Whether somebody works on it. */
  readonly isAtWork: boolean;
}

/** All that is served, at one moment. */
export interface Snapshot {
  /** By name. */
  readonly runs: readonly ServedRun[];
  /** What is to be known of the folders, a sentence each. */
  readonly remarks: readonly string[];
  /** How many runs have been found and were not read yet; undefined while nobody has looked which there are. */
  readonly unread: number | undefined;
}

/** So many runs are read at a time. */
const AT_ONCE = 16;
/** A look at all files is followed by so many times as long without one: a slow disk is not kept busy. */
const REST = 10;
/** The least time between two looks, in milliseconds. */
const LEAST_REST = 1000;
/** Who asks waits no longer than that by default, in milliseconds, and is then told what is known. */
const PATIENCE = 1500;
const ID_LENGTH = 16;
const LEADS_OUT: RunEntry = { state: "damaged", why: "One of its files is a link that leads out of what is served." };

/** How an index is kept. */
export interface RunIndexOptions {
  /** The least time between two looks at the files, in milliseconds; default a second, 0: whoever asks looks. */
  readonly rest?: number;
  /** How long who asks waits for what is being read, in milliseconds; default a second and a half. */
  readonly patience?: number;
}

/**
 * What the runs in some folders say, read anew where files are others than before: by size, time and place on the disk.
 * Nothing is looked at but when somebody asks.
 */
export class RunIndex {
  readonly #roots: readonly string[];
  readonly #cache: IndexCache;
  readonly #rest: number;
  readonly #patience: number;
  #kept: Entries | undefined;
  /** Of the last look, or of the first one that is still going on. */
  #look: Look | undefined;
  #looking: Promise<void> | undefined;
  #nextLook = 0;

  /** @param roots folders of runs, or runs */
  constructor(roots: readonly string[], { rest = LEAST_REST, patience = PATIENCE }: RunIndexOptions = {}) {
    this.#roots = roots.map((root) => resolve(root));
    this.#cache = new IndexCache(this.#roots);
    this.#rest = rest;
    this.#patience = patience;
  }

  /** What is served now; where there is much to read for the first time, as far as it has been read. */
  async look(): Promise<Snapshot> {
    if (this.#looking === undefined && performance.now() >= this.#nextLook) {
      this.#looking = this.#lookAgain().finally(() => {
        this.#looking = undefined;
      });
      this.#looking.catch(() => {}); // whoever still waits is told
    }
    if (this.#looking) await Promise.race([this.#looking, pause(this.#patience, undefined, { ref: false })]);
    return this.#look?.snapshot() ?? { runs: [], remarks: [], unread: undefined };
  }

  async #lookAgain(): Promise<void> {
    const began = performance.now();
    const kept = this.#kept ?? (await this.#cache.read());
    const look = new Look(await findRuns(this.#roots));
    this.#look ??= look;
    await look.readAll(kept);
    this.#look = look;
    this.#kept = look.entries;
    if (!isSame(kept, look.entries)) await this.#cache.write(look.entries);
    const now = performance.now();
    this.#nextLook = now + (this.#rest === 0 ? 0 : Math.max(this.#rest, REST * (now - began)));
  }
}

/** One look at all runs. */
class Look {
  /** What was read, by the runs' paths. */
  readonly entries = new Map<string, IndexedEntry>();
  readonly #found: FoundRuns;
  readonly #served = new Map<string, ServedRun>();
  #read = 0;

  constructor(found: FoundRuns) {
    this.#found = found;
  }

  async readAll(kept: Entries): Promise<void> {
    await inParallel(AT_ONCE, this.#found.runs, async (run) => {
      const stamp = await stampRun(run.path, this.#found.inside);
      const entry = stamp === undefined ? LEADS_OUT : await this.#readOne(run.path, stamp, kept);
      this.#read += 1;
      if (entry === undefined) return;
      const isAtWork = entry.state === "unfinished" && (await isHeld(run.path));
      const id = hashText(run.path).slice(0, ID_LENGTH);
      this.#served.set(run.path, { ...run, id, stamp: stamp ?? "", entry, isAtWork });
    });
  }

  async #readOne(path: string, stamp: string, kept: Entries): Promise<RunEntry | undefined> {
    const known = kept.get(path);
    const indexed = known?.stamp === stamp ? known : { stamp, entry: await readRunEntry(path) };
    this.entries.set(path, indexed);
    return indexed.entry;
  }

  snapshot(): Snapshot {
    const { runs, remarks } = this.#found;
    return {
      runs: runs.flatMap(({ path }) => this.#served.get(path) ?? []),
      remarks,
      unread: runs.length - this.#read,
    };
  }
}

function isSame(before: Entries, now: Entries): boolean {
  return before.size === now.size && [...now].every(([path, { stamp }]) => before.get(path)?.stamp === stamp);
}
