import { SimvlmError } from "@simvlm/metrics";
import {
  type Entry,
  fromRandomAccessReaderPromise,
  type LocalFileHeader,
  RandomAccessReader,
  type ZipFile,
} from "yauzl";
import { cut, quote } from "./excerpt.js";
import type { WeightsFile } from "./weights-file.js";

/** More entries than any model's file has tensors: each takes time and memory. */
const MOST_ENTRIES = 20_000;
/** Bytes read at a time: names and sizes stand close together. */
const WINDOW = 1 << 14;

/** Where an entry's bytes lie in its file. */
export interface ZipPlace {
  readonly offset: number;
  readonly length: number;
}

/** The entries of a zip, of which none is read. */
export class ZipEntries {
  readonly #file: WeightsFile;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Where each located entry begins, its header included, and ends. */
  readonly #extents = new Map<string, readonly [start: number, end: number]>();

  private constructor(file: WeightsFile, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws SimvlmError of the file's format for a damaged zip, and for two entries of one name */
  static async read(file: WeightsFile): Promise<ZipEntries> {
    const entries = new Map<string, Entry>();
    const zip = await attempt(file, async () => {
      const opened = await fromRandomAccessReaderPromise(new WindowReader(file), file.size, { strictFileNames: true });
      if (opened.entryCount > MOST_ENTRIES) throw file.fault(`it is a zip of ${opened.entryCount} entries`);
      for await (const entry of opened.eachEntry()) {
        if (entries.has(entry.fileName)) throw file.fault(`it has two entries called ${quote(entry.fileName)}`);
        entries.set(entry.fileName, entry);
      }
      return opened;
    });
    return new ZipEntries(file, zip, entries);
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  /**
   * Where an entry's bytes lie; undefined for one that is not there.
   * @throws SimvlmError of the file's format where the entry is compressed, encrypted or another than its table says
   */
  async locate(name: string): Promise<ZipPlace | undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
      const how = entry.isEncrypted() ? "encrypted" : "compressed";
      throw this.#file.fault(`its ${quote(name)} is ${how}, which torch.save does not do: load and save it again`);
    }
    const local = await attempt(this.#file, () => this.#zip.readLocalFileHeaderPromise(entry));
    if (!local.fileName.equals(entry.fileNameRaw)) {
      throw this.#file.fault(`its ${quote(name)} is called ${quote(local.fileName.toString())} where its bytes lie`);
    }
    if (isAnother(local, entry)) {
      throw this.#file.fault(`its ${quote(name)} is stored otherwise than the zip's table says`);
    }
    const { compressedSize: length, relativeOffsetOfLocalHeader: start } = entry;
    this.#extents.set(name, [start, local.fileDataStart + length]);
    return { offset: local.fileDataStart, length };
  }

  /** @throws SimvlmError of the file's format where two of the entries that were located share bytes */
  refuseOverlaps(): void {
    let reached = 0;
    for (const [name, [start, end]] of [...this.#extents].sort(([, [a]], [, [b]]) => a - b)) {
      if (start < reached) throw this.#file.fault(`its ${quote(name)} overlaps another entry`);
      reached = end;
    }
  }
}

/** The sizes where an entry lies are these for one written in a stream, or for one of 64 bits. */
const SIZES_ELSEWHERE: readonly number[] = [0, 0xffff_ffff];
const ENCRYPTED = 1;

/** Whether an entry is another where it lies than in the zip's table: other programs would read other bytes. */
function isAnother(local: LocalFileHeader, { compressionMethod, compressedSize }: Entry): boolean {
  const { compressedSize: size } = local;
  if (local.compressionMethod !== compressionMethod || local.generalPurposeBitFlag & ENCRYPTED) return true;
  return size !== compressedSize && !SIZES_ELSEWHERE.includes(size);
}

/** What the library throws as the error of the file's format. */
async function attempt<Result>(file: WeightsFile, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SimvlmError) throw error;
    throw file.fault(`as a zip archive it is damaged or cut off (${cut((error as Error).message)})`);
  }
}

/** Reads within the file's bounds alone, a window at a time. */
class WindowReader extends RandomAccessReader {
  readonly #file: WeightsFile;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(file: WeightsFile) {
    super();
    this.#file = file;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#fill(position, length).then(() => {
      this.#window.copy(target, offset, position - this.#start, position - this.#start + length);
      callback(null);
    }, callback);
  }

  async #fill(position: number, length: number): Promise<void> {
    const { size } = this.#file;
    if (!Number.isSafeInteger(position) || position + length > size) throw new Error(`byte ${position} of ${size}`);
    if (position >= this.#start && position + length <= this.#start + this.#window.length) return;
    const window = Buffer.alloc(Math.min(Math.max(length, WINDOW), size - position));
    await this.#file.read(window, position);
    [this.#window, this.#start] = [window, position];
  }

  /** The file is its owner's to close. */
  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}
