import { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from "yauzl";
import { requireFile } from "../files/open-file.js";

/** More entries than a jar or a wheel has. */
const MOST_ENTRIES = 50_000;

/** The entries of a zip, a wheel or a jar; they are read one by one. */
export class ZipArchive {
  /** What messages call it. */
  readonly path: string;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(path: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.path = path;
    this.#zip = zip;
    this.#entries = entries;
  }

  /**
   * @param content the file's bytes, where it lies in another
   * @throws SimvlmError `broken-zip`, `missing-file`, `unreadable-file`
   */
  static async open(path: string, content?: Buffer): Promise<ZipArchive> {
    if (content === undefined) await requireFile(path);
    const options = { autoClose: false, lazyEntries: true } as const;
    return attempt(path, async () => {
      const zip = content ? await fromBufferPromise(content, options) : await openPromise(path, options);
      try {
        if (zip.entryCount > MOST_ENTRIES) throw new Error(`${zip.entryCount} entries`);
        const entries = new Map<string, Entry>();
        for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
        return new ZipArchive(path, zip, entries);
      } catch (error) {
        zip.close();
        throw error;
      }
    });
  }

  /** The first entry whose name ends so. */
  find(end: string): string | undefined {
    return [...this.#entries.keys()].find((name) => name === end || name.endsWith(`/${end}`));
  }

  /** How many bytes an entry unpacks to, as it says. */
  sizeOf(name: string): number {
    return this.#entries.get(name)!.uncompressedSize;
  }

  /** An entry's bytes, unpacked. @throws SimvlmError `broken-zip`, while it is read, too */
  async *read(name: string): AsyncGenerator<Buffer> {
    const stream = await attempt(this.path, () => this.#zip.openReadStreamPromise(this.#entries.get(name)!));
    const chunks = Readable.from(stream)[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
    try {
      for (;;) {
        const { value, done } = await attempt(this.path, () => chunks.next());
        if (done) return;
        yield value;
      }
    } finally {
      stream.destroy();
    }
  }

  close(): void {
    this.#zip.close();
  }
}

async function attempt<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    const { message } = cause as Error;
    throw new SimvlmError(
      "broken-zip",
      `${path}: as a zip archive it is damaged or cut off (${message}). Fetch it again.`,
      {
        cause,
      },
    );
  }
}
