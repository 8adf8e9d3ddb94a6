import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError, SPICE_CATEGORIES, type SpiceJudgement, type SpiceQuestion } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../../files/atomic.js";
import { makeFolder } from "../../files/folders.js";
import { hashText } from "../../files/hash.js";
import { readJson } from "../../files/json.js";
import { inParallel } from "../../in-parallel.js";
import { metricCacheFolder } from "../folder.js";

const Tuple = z.tuple([z.array(z.string()), z.boolean()]);
const Counts = z.tuple([z.int(), z.int(), z.int()]);

/** A judgement as files have it. */
export const JudgementFields = z.object({
  f: z.number(),
  counts: z.record(z.enum(SPICE_CATEGORIES), Counts),
  caption: z.array(Tuple),
  references: z.array(Tuple),
});

const Entry = JudgementFields.extend({ format: z.literal(1) })
  .transform(({ format: _, ...judgement }): SpiceJudgement => judgement)
  .describe("a judgement of SPICE's in a cache");

/** Judgements that are kept from one command to the next. */
export interface JudgementCache {
  /** The folder that is left to SPICE's program for what it has parsed; undefined where it cannot be made. */
  readonly parses: string | undefined;
  /** Empties that folder: what the program has left there is damaged. Whoever has it open may go on. */
  renewParses(): Promise<void>;
  /** Undefined where nobody has asked, or what was kept is damaged. */
  find(question: SpiceQuestion): Promise<SpiceJudgement | undefined>;
  keep(judged: readonly Judged[]): Promise<void>;
}

/** A question with what was said of it. */
export type Judged = readonly [SpiceQuestion, SpiceJudgement];

const WRITERS = 16;

/** What a question is known by. */
export function keyOf({ caption, references }: SpiceQuestion): string {
  return JSON.stringify([caption, references]);
}

/** The same of a fixed length, for names of files. */
export const hashQuestion = (question: SpiceQuestion): string => hashText(`simvlm-spice-1\n${keyOf(question)}`);

/**
 * The cache in the user's own: a file for each caption with its references, by the hash of both and of the program's
 * name. Files are written whole or not at all, so that any number of processes may share it. Where nothing can be
 * written, nothing is kept.
 */
export async function openJudgementCache(name: string): Promise<JudgementCache> {
  const folder = join(metricCacheFolder("spice"), name);
  const parses = join(folder, "parses");
  const canWrite = await whereItCan(() => makeFolder(parses));
  const place = (question: SpiceQuestion): readonly [string, string] => {
    const hash = hashQuestion(question);
    return [join(folder, hash.slice(0, 2)), `${hash}.json`];
  };
  return {
    parses: canWrite ? parses : undefined,
    async renewParses() {
      await rm(parses, { recursive: true, force: true }).catch(() => {}); // it can be left as it is
      await whereItCan(() => makeFolder(parses));
    },
    async find(question) {
      const path = join(...place(question));
      if (!existsSync(path)) return undefined;
      try {
        return await readJson(path, Entry);
      } catch (error) {
        if (error instanceof SimvlmError) return undefined; // damaged: it is asked, and written anew
        throw error;
      }
    },
    async keep(judged) {
      if (!canWrite) return;
      await inParallel(WRITERS, judged, async ([question, judgement]) => {
        const [shelf, file] = place(question);
        await whereItCan(async () => {
          await makeFolder(shelf);
          await writeFileAtomic(join(shelf, file), `${JSON.stringify({ format: 1, ...judgement })}\n`);
        });
      });
    },
  };
}

/** A cache is no reason for a command to fail. @returns whether it went well */
async function whereItCan(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof SimvlmError && error.code === "cannot-write") return false;
    throw error;
  }
}
