import { PassThrough, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { openFile } from "../files/open-file.js";

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
  readonly broken: string;
  /** The last entry that was read. */
  readonly after: string | undefined;
}

/** In bytes: what an archive may say about an entry, its name above all, before the entry comes. */
const LONGEST_HEADER = 1 << 24;

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * The files of a tar, packed with gzip or not, one in memory at a time. An archive that is damaged or cut short ends with what is wrong with it.
 * @param mostBytes how many bytes a file of this name may have; undefined for one that nobody asks for
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function* readTar(
  path: string,
  mostBytes: (name: string) => number | undefined,
): AsyncGenerator<TarEntry | BrokenTar> {
  const { extract } = await import("tar-stream"); // loaded only where it is needed
  const file = await openFile(path);
  const start = Buffer.alloc(GZIP.length);
  await file.read(start, 0, GZIP.length, 0);
  const source = file.createReadStream({ start: 0 });
  const unpacked = start.equals(GZIP) ? createGunzip() : new PassThrough();
  const archive = extract();
  let headerBytes = 0;
  // The library collects long names and attributes in memory, however long they say they are.
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      headerBytes += chunk.length;
      if (headerBytes > LONGEST_HEADER) done(new Error(`a header of more than ${LONGEST_HEADER} bytes`));
      else done(null, chunk);
    },
  });
  source.on("error", (error) => archive.destroy(error));
  unpacked.on("error", (error) => archive.destroy(error));
  meter.on("error", (error) => archive.destroy(error));
  source.pipe(unpacked).pipe(meter).pipe(archive);
  const entries = archive[Symbol.asyncIterator]();
  let after: string | undefined;
  try {
    for (;;) {
      let entry: TarEntry | undefined;
      // Nothing is yielded in here: an error of whoever takes the entries is none of the archive.
      try {
        const { value, done } = await entries.next();
        if (done) break;
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
        yield { broken: (error as Error).message, after };
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
