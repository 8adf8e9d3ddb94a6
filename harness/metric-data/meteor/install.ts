import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../../files/atomic.js";
import { makeFolder } from "../../files/folders.js";
import { unpackChunks } from "../../files/text-stream.js";
import type { SourceFile } from "../source-file.js";
import { findMeteorSource, type MeteorSource, readWhole } from "./find-source.js";
import { type Paraphrases, readParaphrases } from "./paraphrases.js";
import { type MeteorData, meteorFile, packMeteor } from "./stored.js";
import { parseWordLists, WORD_LISTS, type WordLists } from "./word-lists.js";

/** What signatures call the data of METEOR 1.5 as they were published. */
const OFFICIAL = "1.5";
/** The SHA-256 of what is in meteor-1.5.jar (1e57b4c7…), and of what paraphrase-en.gz (c147ac7d…) unpacks to. */
const OFFICIAL_LISTS = "be949316740f18818e032e0051066acbd65458f638f494de03210facd7a49353";
const OFFICIAL_PARAPHRASES = "6517f02111d8cf105da48074b35d8372cdce76b5ad011b10c7b4424d14f521fb";
/** Digits of a hash that tell other data apart. */
const SHORT = 8;

/** How METEOR's data are installed. */
export interface InstallOptions {
  /** Whether the table of paraphrases is taken, too; default true. */
  readonly paraphrases?: boolean | undefined;
  /** Is told how many bytes there are to be read, then how many of them have been. */
  readonly onStart?: ((bytes: number) => (bytes: number) => void) | undefined;
}

/** What was installed. */
export interface InstalledMeteor {
  readonly file: string;
  /** As signatures call it. */
  readonly name: string;
  /** 0 where the table was left out. */
  readonly phrases: number;
}

/**
 * Keeps what METEOR needs in the user's data folder, in place of what is there: whole, or not at all.
 * @param from see {@link findMeteorSource}
 * @throws SimvlmError `no-meteor-data`, `no-paraphrases`, `bad-meteor-data`, `broken-zip`, `broken-gzip`,
 *   `cannot-write`, and what reading files throws
 */
export async function installMeteor(from: string, options: InstallOptions = {}): Promise<InstalledMeteor> {
  const source = await findMeteorSource(from);
  try {
    const data = await readSource(source, from, options);
    const file = meteorFile();
    await makeFolder(dirname(file));
    await writeFileAtomic(file, packMeteor(data));
    const phrases = data.paraphrases ? data.paraphrases.starts.length - 1 : 0;
    return { file, name: data.paraphrases ? data.names.all : data.names.lists, phrases };
  } finally {
    source.close();
  }
}

async function readSource(source: MeteorSource, from: string, options: InstallOptions): Promise<MeteorData> {
  const { paraphrases: wanted = true, onStart } = options;
  if (wanted && source.paraphrases === undefined) {
    throw new SimvlmError(
      "no-paraphrases",
      `${from} has METEOR's words but not its paraphrases, data/paraphrase-en.gz: put them beside the jar. Without them METEOR is another metric.`,
    );
  }
  const texts = Object.entries(source.lists).map(async ([key, file]) => [key, (await readWhole(file)).toString()]);
  const lists = Object.fromEntries(await Promise.all(texts)) as WordLists;
  parseWordLists(lists);
  const hash = hashLists(lists);
  const names = { lists: hash === OFFICIAL_LISTS ? OFFICIAL : hash.slice(0, SHORT) };
  if (!wanted) return { lists, names: { ...names, all: names.lists } };
  const { table, sha256 } = await readTable(source.paraphrases!, onStart);
  const isOfficial = names.lists === OFFICIAL && sha256 === OFFICIAL_PARAPHRASES;
  const all = createHash("sha256").update(`${hash}\n${sha256}`).digest("hex").slice(0, SHORT);
  return { lists, paraphrases: table, names: { ...names, all: isOfficial ? OFFICIAL : all } };
}

function hashLists(lists: WordLists): string {
  const hash = createHash("sha256");
  for (const [key, name] of Object.entries(WORD_LISTS)) {
    const text = Buffer.from(lists[key as keyof WordLists]);
    hash.update(`${name} ${text.length}\n`).update(text);
  }
  return hash.digest("hex");
}

const GZIP = 0x1f;

/** @returns the table, and the SHA-256 of its text */
async function readTable(
  { path, size, open }: SourceFile,
  onStart: InstallOptions["onStart"] = () => () => {},
): Promise<{ readonly table: Paraphrases; readonly sha256: string }> {
  const onBytes = onStart(size);
  const hash = createHash("sha256");
  const packed = countBytes(await open(), onBytes);
  const first = await packed.next();
  const isPacked = !first.done && first.value[0] === GZIP;
  async function* again() {
    if (!first.done) yield first.value;
    yield* packed;
  }
  async function* hashed() {
    for await (const chunk of unpackChunks(Readable.from(again()), isPacked, path)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { table: await readParaphrases(hashed(), path), sha256: hash.digest("hex") };
}

async function* countBytes(source: Readable, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    yield chunk;
    onBytes(chunk.length);
  }
}
