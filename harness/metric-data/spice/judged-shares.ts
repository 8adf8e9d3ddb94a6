import { existsSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError, type SpiceJudgement, type SpiceQuestion } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../../files/atomic.js";
import { sweepClaimed } from "../../files/drafts.js";
import { makeFolder } from "../../files/folders.js";
import { hashFile, hashText } from "../../files/hash.js";
import { JOB_FOLDERS } from "../../files/job-folders.js";
import { readJson } from "../../files/json.js";
import { takeLock } from "../../files/lock.js";
import { parseJsonLines } from "../../files/parse-json.js";
import { attemptWrite } from "../../files/system-error.js";
import { readWholeLines } from "../../files/whole-lines.js";
import { hashQuestion, type JudgementCache, JudgementFields } from "./judgement-cache.js";

/*
 * A folder in which several machines judge captions has a folder for the share of each, `shards/3`. A share has few files,
 * since file systems of clusters count them, and one process writes to it at a time.
 */

const FILES = {
  /** What it is a share of. */
  share: "share.json",
  /** What the program said, a line each. */
  judgements: "judgements.jsonl",
  /** Written when all captions of the share are judged. */
  seal: "seal.json",
} as const;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().nonnegative();

const ShareRecord = z
  .object({
    format: z.literal(1),
    shard: z.object({ index: z.int().positive(), of: z.int().positive() }),
    /** Of the files that the captions came from, by what they are. */
    files: z.record(z.string(), Sha256),
    captions: Count,
    created: z.string(),
  })
  .describe("the share.json of captions that are judged in shares");
const Seal = z.object({ format: z.literal(1), judgements: Sha256 }).describe("the seal.json of judged captions");
const Line = JudgementFields.extend({ question: Sha256 }).describe("a judgement of SPICE's in a share");

/** One part of several. */
export interface Part {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** What a share is a share of. */
export type Origin = z.output<typeof ShareRecord>["files"];

/** The file that is there once a share is judged, in the folder of all. */
export const sealOfShare = (index: number): string => join(JOB_FOLDERS.shards, `${index}`, FILES.seal);

/** Whether a question is one of a share's: each is in exactly one, whoever asks. */
export function isOfShare(question: SpiceQuestion, { index, of }: Part): boolean {
  return Number.parseInt(hashQuestion(question).slice(0, 12), 16) % of === index - 1; // exact in a double
}

/** What lines know a question by; another program may say something else of it. */
const nameQuestion = (program: string, question: SpiceQuestion): string =>
  hashText(`${program}\n${hashQuestion(question)}`);

/** A share that this process alone writes to. */
export interface OpenShare {
  readonly openCache: (program: string) => Promise<JudgementCache>;
  /** Says that all captions of the share are judged. */
  seal(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes up a share in a folder, or begins it.
 * @param captions how many it has
 * @throws SimvlmError `judging-in-use`, `other-judgements` where it is one of other files, `cannot-write`, and what reading it throws
 */
export async function openShare(
  folder: string,
  { shard, files, captions }: { readonly shard: Part; readonly files: Origin; readonly captions: number },
): Promise<OpenShare> {
  const place = join(folder, JOB_FOLDERS.shards, `${shard.index}`);
  await makeFolder(place);
  const lock = await takeLock({ folder: place, name: "judging", kind: "judging", place });
  try {
    await sweepClaimed(place);
    const begun = await findShare(place);
    if (begun) requireSameOrigin(place, begun, { shard, files });
    const { created = new Date().toISOString() } = begun ?? {};
    const record = { format: 1, shard, files, captions, created };
    await writeFileAtomic(join(place, FILES.share), `${JSON.stringify(record)}\n`);
    await mend(join(place, FILES.judgements));
    const known = await readJudgements(place);
    return {
      openCache: async (program) => ({
        parses: undefined, // the program's own cache does not bear several machines
        renewParses: async () => {},
        find: async (question) => known.get(nameQuestion(program, question)),
        async keep(judged) {
          lock.requireHeld();
          const lines = judged.map(([question, judgement]) => ({
            question: nameQuestion(program, question),
            ...judgement,
          }));
          await append(place, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        },
      }),
      async seal() {
        lock.requireHeld();
        const path = join(place, FILES.judgements);
        if (!existsSync(path)) await writeFileAtomic(path, ""); // no caption is its own
        const judgements = await hashFile(path);
        await writeFileAtomic(join(place, FILES.seal), `${JSON.stringify({ format: 1, judgements })}\n`);
      },
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Takes away the line that a process was killed at writing. */
async function mend(path: string): Promise<void> {
  const { torn, bytes } = await readWholeLines(path);
  if (torn) await writeFileAtomic(path, bytes);
}

async function append(place: string, text: string): Promise<void> {
  const path = join(place, FILES.judgements);
  await attemptWrite(path, async () => {
    await rm(join(place, FILES.seal), { force: true });
    const file = await open(path, "a");
    try {
      await file.appendFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Sees to it that shares in a folder, where there are such, are of so many, and of certain files.
 * @throws SimvlmError `other-judgements`, and what reading them throws
 */
export async function requireSameShares(folder: string, of: number, findOrigin: () => Promise<Origin>): Promise<void> {
  const places = await listPlaces(folder);
  const files = places.length === 0 ? {} : await findOrigin();
  for (const place of places) {
    const begun = await findShare(place);
    if (begun) requireSameOrigin(place, begun, { shard: { ...begun.shard, of }, files });
  }
}

async function findShare(place: string): Promise<z.output<typeof ShareRecord> | undefined> {
  const path = join(place, FILES.share);
  return existsSync(path) ? readJson(path, ShareRecord) : undefined;
}

function requireSameOrigin(
  place: string,
  begun: z.output<typeof ShareRecord>,
  now: { readonly shard: Part; readonly files: Origin },
): void {
  if (begun.shard.index !== now.shard.index || begun.shard.of !== now.shard.of) {
    throw new SimvlmError(
      "other-judgements",
      `${place} was begun as share ${begun.shard.index} of ${begun.shard.of}, and cannot go on as ${now.shard.index} of ` +
        `${now.shard.of}. Ask for ${begun.shard.of} shares again, or choose another folder.`,
    );
  }
  const names = [...new Set([...Object.keys(begun.files), ...Object.keys(now.files)])];
  const other = names.filter((name) => begun.files[name] !== now.files[name]);
  if (other.length === 0) return;
  throw new SimvlmError(
    "other-judgements",
    `${place} has judgements of other files (${other.join(", ")}). Give those that it was begun with, or choose another folder.`,
  );
}

async function listPlaces(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, JOB_FOLDERS.shards)).catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map((name) => join(folder, JOB_FOLDERS.shards, name));
}

/**
 * All judgements of the shares in a folder, as a cache before another one.
 * @throws SimvlmError `no-judgements`, `changed-judgements` where they are not what was sealed, and what reading them throws
 */
export async function readShares(
  folder: string,
  openNext: (program: string) => Promise<JudgementCache>,
): Promise<(program: string) => Promise<JudgementCache>> {
  const places = await listPlaces(folder);
  if (places.length === 0) {
    throw new SimvlmError("no-judgements", `${folder} has no shares of captions that were judged. Check the path.`);
  }
  const known = new Map<string, SpiceJudgement>();
  for (const place of places) for (const [name, judgement] of await readJudgements(place)) known.set(name, judgement);
  return async (program) => {
    const next = await openNext(program);
    return { ...next, find: async (question) => known.get(nameQuestion(program, question)) ?? next.find(question) };
  };
}

async function readJudgements(place: string): Promise<Map<string, SpiceJudgement>> {
  const path = join(place, FILES.judgements);
  const seal = join(place, FILES.seal);
  if (existsSync(seal) && (await readJson(seal, Seal)).judgements !== (await hashFile(path))) {
    throw new SimvlmError(
      "changed-judgements",
      `${path} is not what it was when it was finished. Put back what was there, or remove ${place}, and have it judged again.`,
    );
  }
  const { text } = await readWholeLines(path);
  return new Map(parseJsonLines(text, path, Line).map(({ question, ...judgement }) => [question, judgement]));
}

/** How far a share is. */
export interface ShareProgress {
  readonly captions: number;
  readonly judged: number;
  /** From its beginning to its last judgement. */
  readonly seconds: number;
}

/** How far the share is whose seal is, or will be, a file of that name; undefined where it was not begun. */
export async function measureShare(folder: string, seal: string): Promise<ShareProgress | undefined> {
  const place = join(folder, seal, "..");
  const begun = await findShare(place);
  if (!begun) return undefined;
  const path = join(place, FILES.judgements);
  const { text } = await readWholeLines(path);
  const seen = await stat(path).catch(() => undefined);
  const seconds = seen ? Math.max(0, (seen.mtimeMs - Date.parse(begun.created)) / 1000) : 0;
  return { captions: begun.captions, judged: text.split("\n").length - 1, seconds };
}
