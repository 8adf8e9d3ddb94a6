import { join } from "node:path";
import { SimvlmError, VERSION } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { hashText } from "../files/hash.js";
import { cacheFolder } from "../files/home.js";
import { readJson } from "../files/json.js";
import { RunEntry } from "./run-entry.js";

const Indexed = z.object({ stamp: z.string(), entry: RunEntry.optional() });
/** What was read of a run, and what its files were like then; no entry where a manifest is something else's. */
export type IndexedEntry = z.output<typeof Indexed>;

/** By the run's path. */
export type Entries = ReadonlyMap<string, IndexedEntry>;

const Index = z
  .object({ version: z.literal(VERSION), runs: z.record(z.string(), Indexed) })
  .describe("an index of runs");

/**
 * Keeps what was read of the runs in some folders, in a file in the user's cache folder. It may be missing, damaged,
 * another version's or not writable: then there is none, and runs are read again.
 */
export class IndexCache {
  readonly #file: string | undefined;

  /** @param roots the folders, by their whole paths */
  constructor(roots: readonly string[]) {
    try {
      this.#file = join(cacheFolder(), "serve", `${hashText(JSON.stringify([...roots].sort())).slice(0, 24)}.json`);
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error; // there is no home folder
    }
  }

  /** What was kept; nothing where that cannot be read. */
  async read(): Promise<Entries> {
    if (this.#file === undefined) return new Map();
    try {
      return new Map(Object.entries((await readJson(this.#file, Index)).runs));
    } catch (error) {
      if (error instanceof SimvlmError) return new Map();
      throw error;
    }
  }

  /** Keeps entries for the next server. Several may write: the file is always one of theirs, whole. */
  async write(entries: Entries): Promise<void> {
    if (this.#file === undefined) return;
    try {
      await makeFolder(join(this.#file, ".."));
      await writeFileAtomic(this.#file, JSON.stringify({ version: VERSION, runs: Object.fromEntries(entries) }));
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error; // the folder is read-only or full: runs are read again next time
    }
  }
}
