import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../../files/atomic.js";
import { readBytes } from "../../files/bytes.js";
import { makeFolder } from "../../files/folders.js";
import { hashText } from "../../files/hash.js";

/*
 * Vectors by the hash of what they were made of. A file of them is written once, whole, under a name that its content
 * gives, so that any number of processes may share the folder:
 *   16 bytes   the kind and version of the file
 *   32 bytes   the SHA-256 of everything after it
 *              entries: 32 bytes of the key, then the vector's 32-bit numbers
 */

const MAGIC = Buffer.from("simvlm-vectors-1");
const DIGEST = 32;
const PREFACE = MAGIC.length + DIGEST;
/** Vectors in a file, at most. */
const MOST = 1000;
/** So many files with fewer become one. */
const SCATTERED = 16;
/** Files in memory at a time: 128 MB of vectors of 512 numbers. */
const IN_MEMORY = 64;

interface Place {
  readonly file: string;
  readonly entry: number;
}

/** A folder of vectors, kept from one process to the next. What is damaged there counts as missing, and is removed. */
export class FeatureStore {
  readonly #folder: string;
  readonly #width: number;
  readonly #places = new Map<string, Place>();
  readonly #counts = new Map<string, number>();
  /** The files that were read last, the last at the end. */
  readonly #read = new Map<string, Promise<Buffer | undefined>>();
  #fresh = new Map<string, Float32Array>();

  private constructor(folder: string, width: number) {
    this.#folder = folder;
    this.#width = width;
  }

  /** @param width numbers in a vector */
  static async open(folder: string, width: number): Promise<FeatureStore> {
    const store = new FeatureStore(folder, width);
    const names: string[] = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => name.endsWith(".bin")).sort()) await store.#index(file);
    return store;
  }

  /** @param key SHA-256 in hex @returns undefined where there is none */
  async get(key: string): Promise<Float32Array | undefined> {
    const fresh = this.#fresh.get(key);
    if (fresh) return fresh;
    const place = this.#places.get(key);
    const content = place && (await this.#load(place.file));
    return content && this.#vectorAt(content, place.entry);
  }

  /** Adds a vector; full files are written at once, the rest by {@link flush}. @throws SimvlmError `cannot-write` */
  async put(key: string, vector: Float32Array): Promise<void> {
    this.#fresh.set(key, vector);
    if (this.#fresh.size >= MOST) await this.#write();
  }

  /** Writes what is not yet on the disk. @throws SimvlmError `cannot-write` */
  async flush(): Promise<void> {
    await this.#write();
    const small = [...this.#counts].filter(([, count]) => count < MOST / 2).map(([file]) => file);
    if (small.length >= SCATTERED) await this.#join(small);
  }

  get #entryBytes(): number {
    return DIGEST + 4 * this.#width;
  }

  async #write(): Promise<void> {
    if (this.#fresh.size === 0) return;
    const vectors = this.#fresh;
    this.#fresh = new Map();
    const entries = [...vectors].map(([key, { buffer, byteOffset, byteLength }]) =>
      Buffer.concat([Buffer.from(key, "hex"), new Uint8Array(buffer, byteOffset, byteLength)]),
    );
    await makeFolder(this.#folder);
    await this.#add(Buffer.concat(entries));
  }

  async #add(body: Buffer): Promise<string> {
    const digest = createHash("sha256").update(body).digest();
    const file = `${digest.toString("hex").slice(0, 32)}.bin`;
    await writeFileAtomic(join(this.#folder, file), Buffer.concat([MAGIC, digest, body]));
    await this.#index(file);
    return file;
  }

  /** Makes few files of many small ones. */
  async #join(files: readonly string[]): Promise<void> {
    const contents = await Promise.all(files.map((file) => this.#load(file)));
    const all = Buffer.concat(contents.flatMap((content) => content?.subarray(PREFACE) ?? []));
    const most = MOST * this.#entryBytes;
    const joined = new Set<string>();
    for (let start = 0; start < all.length; start += most) {
      joined.add(await this.#add(all.subarray(start, start + most)));
    }
    for (const file of files.filter((name) => !joined.has(name))) {
      this.#counts.delete(file);
      await rm(join(this.#folder, file), { force: true }).catch(() => {}); // another process may have it open
    }
  }

  async #index(file: string): Promise<void> {
    const content = await this.#load(file);
    if (!content) return;
    const count = (content.length - PREFACE) / this.#entryBytes;
    this.#counts.set(file, count);
    for (let entry = 0; entry < count; entry++) {
      const start = PREFACE + entry * this.#entryBytes;
      this.#places.set(content.toString("hex", start, start + DIGEST), { file, entry });
    }
  }

  #load(file: string): Promise<Buffer | undefined> {
    const content = this.#read.get(file) ?? this.#readWhole(file);
    this.#read.delete(file);
    this.#read.set(file, content);
    const [oldest] = this.#read.keys();
    if (this.#read.size > IN_MEMORY) this.#read.delete(oldest!);
    return content;
  }

  /** Undefined for a file that is damaged, or that another process has joined with others. */
  async #readWhole(file: string): Promise<Buffer | undefined> {
    const path = join(this.#folder, file);
    try {
      const content = await readBytes(path);
      const body = content.subarray(PREFACE);
      const isRight =
        content.subarray(0, MAGIC.length).equals(MAGIC) &&
        content.toString("hex", MAGIC.length, PREFACE) === hashText(body) &&
        body.length % this.#entryBytes === 0;
      if (isRight) return content;
      await rm(path, { force: true }).catch(() => {});
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
    }
    return undefined;
  }

  #vectorAt(content: Buffer, entry: number): Float32Array {
    const start = PREFACE + entry * this.#entryBytes + DIGEST;
    return new Float32Array(Uint8Array.from(content.subarray(start, start + 4 * this.#width)).buffer);
  }
}
