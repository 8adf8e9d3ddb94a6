import { createHash } from "node:crypto";
import { join } from "node:path";
import { type MeteorResources, SimvlmError } from "@simvlm/metrics";
import { readBytes } from "../../files/bytes.js";
import { metricDataFolder } from "../folder.js";
import { openParaphrases, type Paraphrases } from "./paraphrases.js";
import { parseWordLists, WORD_LISTS, type WordLists } from "./word-lists.js";

/*
 * METEOR's data in one file:
 *   16 bytes   the kind and version of the file
 *   32 bytes   the SHA-256 of everything after it
 *    4 bytes   the length of the header, then the header: JSON, see Header
 *              sections, each at a multiple of 8: texts in UTF-8, and arrays as this machine has them in memory
 */

/** All that is kept of a METEOR. */
export interface MeteorData {
  readonly lists: WordLists;
  readonly paraphrases?: Paraphrases | undefined;
  /** What signatures call the lists alone, and all of it. */
  readonly names: { readonly lists: string; readonly all: string };
}

interface Header {
  readonly names: MeteorData["names"];
  /** Where each lies and how many bytes it has. */
  readonly sections: Readonly<Record<string, readonly [offset: number, length: number]>>;
}

const MAGIC = Buffer.from("simvlm-meteor-1\n");
const DIGEST = 32;
const PREFACE = MAGIC.length + DIGEST;
const ALIGNMENT = 8;

/** Where the file lies. @throws SimvlmError `no-home` */
export const meteorFile = (): string => join(metricDataFolder("meteor"), "meteor.bin");

const align = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** The bytes of the file. */
export function packMeteor({ lists, paraphrases, names }: MeteorData): Uint8Array {
  const contents: Record<string, Uint8Array> = {};
  for (const [name, text] of Object.entries(lists)) contents[name] = Buffer.from(text);
  if (paraphrases) {
    const { vocabulary, words, ...arrays } = paraphrases;
    contents.vocabulary = Buffer.from(vocabulary);
    contents[words instanceof Uint16Array ? "words16" : "words32"] = bytesOf(words);
    for (const [name, array] of Object.entries(arrays)) contents[name] = bytesOf(array);
  }
  // The header's own length decides where sections lie: they are told from its end.
  let end = 0;
  const sections: Record<string, [number, number]> = {};
  for (const [name, { length }] of Object.entries(contents)) {
    sections[name] = [end, length];
    end = align(end + length);
  }
  const header = Buffer.from(JSON.stringify({ names, sections } satisfies Header));
  const body = align(PREFACE + 4 + header.length);
  const file = Buffer.alloc(body + end);
  MAGIC.copy(file);
  file.writeUInt32LE(header.length, PREFACE);
  header.copy(file, PREFACE + 4);
  for (const [name, content] of Object.entries(contents)) file.set(content, body + sections[name]![0]);
  createHash("sha256").update(file.subarray(PREFACE)).digest().copy(file, MAGIC.length);
  return file;
}

function bytesOf(array: Uint16Array | Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** What is to be read of a file. */
export interface MeteorChoice {
  /** Whether paraphrases are looked at, where there are any; default true. */
  readonly paraphrases?: boolean | undefined;
}

/**
 * Reads what {@link packMeteor} wrote; its arrays are looked up where they lie in the file's bytes.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `broken-meteor-data`
 */
export async function readMeteorFile(path: string, choice: MeteorChoice = {}): Promise<MeteorResources> {
  const file = await readBytes(path);
  const { names, sections, body } = readHeader(file, path);
  const section = (name: string) => {
    const [offset, length] = sections[name] ?? [0, 0];
    return file.subarray(body + offset, body + offset + length);
  };
  const lists = parseWordLists(
    Object.fromEntries(Object.keys(WORD_LISTS).map((name) => [name, section(name).toString()])) as WordLists,
  );
  if (choice.paraphrases === false || !("vocabulary" in sections)) return { ...lists, name: names.lists };
  const paraphrases = openParaphrases({
    vocabulary: section("vocabulary").toString(),
    words: "words16" in sections ? view(section("words16"), Uint16Array) : view(section("words32"), Uint32Array),
    starts: view(section("starts"), Uint32Array),
    slots: view(section("slots"), Int32Array),
    offsets: view(section("offsets"), Uint32Array),
    paraphrases: view(section("paraphrases"), Int32Array),
  });
  return { ...lists, paraphrases, name: names.all };
}

function readHeader(file: Buffer, path: string): Header & { readonly body: number } {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw broken(path, "another version of simvlm wrote it");
  const digest = createHash("sha256").update(file.subarray(PREFACE)).digest();
  if (!digest.equals(file.subarray(MAGIC.length, PREFACE))) throw broken(path, "it is not what was written");
  const length = file.readUInt32LE(PREFACE);
  const text = file.toString("utf8", PREFACE + 4, PREFACE + 4 + length);
  const header = JSON.parse(text) as Header; // its hash says that it is ours
  return { ...header, body: align(PREFACE + 4 + length) };
}

interface ArrayOf<T> {
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** The bytes as an array, where they lie; a copy where they do not lie as the array needs them. */
function view<T>(bytes: Buffer, type: ArrayOf<T>): T {
  const { BYTES_PER_ELEMENT: size } = type;
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new type(buffer, byteOffset, length / size);
}

function broken(path: string, why: string): SimvlmError {
  return new SimvlmError(
    "broken-meteor-data",
    `${path}: METEOR's data are not as they should be: ${why}. Install them again with \`simvlm metrics install meteor\`.`,
  );
}
