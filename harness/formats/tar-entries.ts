import { PassThrough, Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { nameWebPage } from "../files/web-page.js";

/** A file of an archive. */
export interface TarEntry {
  readonly name: string;
  /** In bytes, as the archive says. */
  readonly size: number;
  /** Absent for one that is longer than it may be. */
  readonly content?: Buffer;
}

/** Where an archive cannot be read any further. */
export interface BrokenTar {
  /** What is wrong, and after which entry. */
  readonly broken: string;
}

/** In bytes: what an archive may say about an entry, its name above all, before the entry comes. */
const LONGEST_HEADER = 1 << 24;

const GZIP = Buffer.from([0x1f, 0x8b]);
/** In bytes: what an archive begins with. */
const BLOCK = 512;

/**
 * The files of a tar, packed with gzip or not, one in memory at a time. An archive that is damaged or cut short ends with what is wrong with it.
 * @param source is destroyed in the end
 * @param mostBytes how many bytes a file of this name may have; undefined for one that nobody asks for
 * @param needsEnd whether one that does not end as tars do is cut short: by their readers it is taken for whole
 * @throws SimvlmError as `source` does; other errors of it are damages
 */
export async function* readTar(
  source: Readable,
  mostBytes: (name: string) => number | undefined,
  needsEnd = () => false,
): AsyncGenerator<TarEntry | BrokenTar> {
  const { extract } = await import("tar-stream"); // loaded only where it is needed
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const start = await readStart(chunks);
  const page = nameWebPage(start.bytes.toString("utf8"));
  if (page !== undefined) {
    source.destroy();
    yield { broken: `it is ${page}, not a tar archive` };
    return;
  }
  const whole = Readable.from(goOn(start, chunks), { objectMode: false });
  const unpacked = start.bytes.subarray(0, GZIP.length).equals(GZIP) ? createGunzip() : new PassThrough();
  const archive = extract();
  let headerBytes = 0;
  let last = start.bytes;
  // The library collects long names and attributes in memory, however long they say they are.
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      headerBytes += chunk.length;
      last = (chunk.length < BLOCK ? Buffer.concat([last, chunk]) : chunk).subarray(-BLOCK);
      if (headerBytes > LONGEST_HEADER) done(new Error(`a header of more than ${LONGEST_HEADER} bytes`));
      else done(null, chunk);
    },
  });
  whole.on("error", (error) => archive.destroy(error));
  unpacked.on("error", (error) => archive.destroy(error));
  meter.on("error", (error) => archive.destroy(error));
  whole.pipe(unpacked).pipe(meter).pipe(archive);
  const entries = archive[Symbol.asyncIterator]();
  let after: string | undefined;
  try {
    for (;;) {
      let entry: TarEntry | undefined;
      // Nothing is yielded in here: an error of whoever takes the entries is none of the archive.
      try {
        const { value, done } = await entries.next();
        if (done) {
          if (needsEnd() && last.some((byte) => byte !== 0)) throw new Error("the zeros at its end are missing");
          break;
        }
        const { name, type, size = 0 } = value.header;
        const most = type === "file" ? mostBytes(name) : undefined;
        const isWanted = most !== undefined && size <= most;
        const chunks: Buffer[] = [];
        for await (const chunk of value as AsyncIterable<Buffer>) {
          headerBytes = 0;
          if (isWanted) chunks.push(chunk);
        }
        headerBytes = 0;
        if (most !== undefined) entry = { name, size, ...(isWanted && { content: Buffer.concat(chunks) }) };
      } catch (error) {
        if (error instanceof SimvlmError || (error as Error).name === "AbortError") throw error;
        yield { broken: `the archive is broken after ${after ?? "its beginning"}: ${(error as Error).message}` };
        return;
      }
      if (!entry) continue;
      yield entry;
      after = entry.name;
    }
  } finally {
    archive.destroy();
    unpacked.destroy();
    source.destroy();
  }
}

/** The beginning of a stream, long enough to know what it is, and what broke it off. */
interface Start {
  readonly bytes: Buffer;
  readonly error?: unknown;
}

async function readStart(chunks: AsyncIterator<Buffer>): Promise<Start> {
  let bytes: Buffer = Buffer.alloc(0);
  try {
    while (bytes.length < BLOCK) {
      const { value, done } = await chunks.next();
      if (done) break;
      bytes = bytes.length === 0 ? value : Buffer.concat([bytes, value]);
    }
    return { bytes };
  } catch (error) {
    return { bytes, error };
  }
}

async function* goOn({ bytes, error }: Start, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
  if (error !== undefined) throw error;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}
