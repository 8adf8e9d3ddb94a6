import { type FileHandle, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { draftOf, parseDraft } from "./drafts.js";
import { makeFolder } from "./folders.js";
import { openFile } from "./open-file.js";
import { judgeMaker } from "./process-mark.js";
import { isSystemError } from "./system-error.js";

/*
 * Files that can be had again, kept in a folder that never holds more than so many bytes: those that were used least
 * recently go first. A file's name says which file it is, which version, and how long that is, so that half of one can
 * never pass for the whole, and no list of them can be wrong:
 *   KEY.LENGTH.VERSION              the whole file
 *   KEY.LENGTH.VERSION.part         its beginning
 *   .KEY.LENGTH.VERSION.MARK.tmp    its beginning that a process is writing, or was when it was killed
 * Several processes may use one folder.
 */

const NAME = /^([0-9a-f]{32})\.(\d{1,15})\.([\w-]{0,120})(\.part)?$/;

/** After so long nobody of another machine is still writing, in milliseconds. */
const DAY = 24 * 3600 * 1000;

/** A version of a file: the name that whoever has it gives to it, and its length in bytes. */
export interface FileVersion {
  readonly validator?: string | undefined;
  readonly length: number;
}

/** What a cache has of a file. */
export interface CachedFile {
  readonly path: string;
  readonly version: FileVersion;
  /** From the beginning. */
  readonly bytes: number;
  /**
   * Opens it: it can be read to its end whatever becomes of its name. Undefined where it is gone.
   * @param end how many bytes at most
   */
  open(end?: number): Promise<AsyncIterable<Buffer> | undefined>;
}

/** A file that is being put into a cache. */
export interface CacheWriter {
  /** Whatever the disk refuses ends the writing, not the reading. */
  write(chunk: Buffer): Promise<void>;
  /** When all bytes have been written; until then {@link leave} keeps what is there for the next one. */
  finish(): Promise<void>;
  leave(): Promise<void>;
}

/** How much a cache holds, and where. */
export interface CacheOptions {
  readonly folder: string;
  readonly mostBytes: number;
  /** Called once with a line for people if nothing can be kept. */
  readonly onNote?: (message: string) => void;
}

/** A bounded cache of files. Whoever cannot write to it reads on without it. */
export class FileCache {
  readonly #options: CacheOptions;
  #isBroken = false;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /**
   * What there is of a file: all of it, or else the longest beginning that nobody is writing.
   * @param key 32 hexadecimal digits
   */
  async find(key: string): Promise<CachedFile | undefined> {
    const found = (await this.#list()).filter((each) => each.key === key && each.isFree && each.bytes > 0);
    const [best] = found.sort((a, b) => Number(b.isWhole) - Number(a.isWhole) || b.bytes - a.bytes);
    if (!best) return undefined;
    const now = new Date();
    await utimes(best.path, now, now).catch(() => {});
    return { ...best, open: (end = best.bytes) => openPart(best.path, end) };
  }

  /**
   * Begins to put a file there.
   * @param cached whose beginning is gone on with
   * @returns undefined where there is no room for it
   */
  async begin(key: string, version: FileVersion, cached?: CachedFile): Promise<CacheWriter | undefined> {
    const name = nameOf(key, version);
    if (this.#isBroken || name === undefined || version.length > this.#options.mostBytes) return undefined;
    try {
      await makeFolder(this.#options.folder);
      if (!(await this.#makeRoom(version.length, cached?.path))) return undefined;
      const whole = join(this.#options.folder, name);
      const draft = draftOf(whole);
      if (cached) await rename(cached.path, draft); // of several that come for it one has it
      const file = await open(draft, "a");
      return this.#createWriter(file, draft, whole, cached?.bytes ?? 0);
    } catch (error) {
      if (!isSystemError(error) || error.code !== "ENOENT") this.#giveUp(error);
      return undefined;
    }
  }

  #createWriter(file: FileHandle, draft: string, whole: string, had: number): CacheWriter {
    let handle: FileHandle | undefined = file;
    let bytes = had;
    const close = async () => {
      const closing = handle;
      handle = undefined;
      await closing?.close();
    };
    const attempt = async (act: () => Promise<unknown>) => {
      if (!handle) return;
      try {
        await act();
      } catch (error) {
        await close().catch(() => {});
        await rm(draft, { force: true }).catch(() => {});
        this.#giveUp(error);
      }
    };
    return {
      write: (chunk) =>
        attempt(async () => {
          for (let rest = chunk; rest.length > 0; ) rest = rest.subarray((await file.write(rest)).bytesWritten);
          bytes += chunk.length;
        }),
      finish: () =>
        attempt(async () => {
          await file.sync();
          if ((await file.stat()).size !== bytes) throw new Error("other bytes are there than were written");
          await close();
          await rename(draft, whole);
          await rm(`${whole}.part`, { force: true }); // of one who was stopped, where a server gives no parts
        }),
      leave: () =>
        attempt(async () => {
          await close();
          await rename(draft, `${whole}.part`);
        }),
    };
  }

  /**
   * Removes what was used least recently until there is room for so many bytes more.
   * @returns whether there is: others may be filling it
   */
  async #makeRoom(bytes: number, kept: string | undefined): Promise<boolean> {
    const files = (await this.#list()).filter(({ path }) => path !== kept).sort((a, b) => a.usedAt - b.usedAt);
    // What is being written will be as long as its name says.
    const sizeOf = (file: (typeof files)[number]) => (file.isFree ? file.bytes : file.version.length);
    let sum = files.reduce((total, file) => total + sizeOf(file), bytes);
    for (const file of files) {
      if (sum <= this.#options.mostBytes) return true;
      if (!file.isFree) continue;
      await rm(file.path, { force: true });
      sum -= sizeOf(file);
    }
    return sum <= this.#options.mostBytes;
  }

  async #list() {
    const { folder } = this.#options;
    const names: string[] = await readdir(folder).catch(() => []);
    const files = await Promise.all(names.map((name) => look(folder, name)));
    return files.filter((file) => file !== undefined);
  }

  #giveUp(error: unknown): void {
    if (!this.#isBroken) {
      this.#options.onNote?.(`${this.#options.folder}: shards are not kept there: ${(error as Error).message}`);
    }
    this.#isBroken = true;
  }
}

/** Of a file of a cache; undefined for any other, which is none of its business. */
async function look(folder: string, name: string) {
  const draft = parseDraft(name);
  const [, key, length, validator, part] = NAME.exec(draft?.kind === "tmp" ? draft.name : name) ?? [];
  if (key === undefined || validator === undefined) return undefined;
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const version = { validator: validator === "" ? undefined : decode(validator), length: Number(length) };
  const isWhole = draft === undefined && part === undefined;
  // One that is not as long as it says was damaged.
  if (found.size > version.length || (isWhole && found.size < version.length)) {
    await rm(path, { force: true }).catch(() => {});
    return undefined;
  }
  const maker = draft && judgeMaker(draft.mark);
  const isFree = !maker || maker === "gone" || (maker === "elsewhere" && Date.now() - found.mtimeMs > DAY);
  return { path, key, version, bytes: found.size, isWhole, isFree, usedAt: found.mtimeMs };
}

/** Undefined for a version whose name is too long for a file's. */
function nameOf(key: string, { validator = "", length }: FileVersion): string | undefined {
  const name = `${key}.${length}.${Buffer.from(validator).toString("base64url")}`;
  return NAME.test(name) ? name : undefined;
}

const decode = (text: string): string => Buffer.from(text, "base64url").toString("utf8");

async function openPart(path: string, end: number): Promise<AsyncIterable<Buffer> | undefined> {
  const file = await openFile(path).catch(() => undefined);
  return file?.createReadStream({ start: 0, end: end - 1 });
}
