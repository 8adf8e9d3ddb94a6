import { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import { type CachedFile, type CacheWriter, FileCache } from "../files/file-cache.js";
import { hashText } from "../files/hash.js";
import { nameWebPage } from "../files/web-page.js";
import { parseRemoteAddress, type RemoteAddress } from "./remote-address.js";
import type { RemoteVersion } from "./remote-request.js";
import { type RemotePatience, RemoteReader } from "./remote-stream.js";

/** How files of servers are read. */
export interface RemoteOptions extends RemotePatience {
  /** Where files are kept that were read; absent: nowhere. */
  readonly cache?: { readonly folder: string; readonly mostBytes: number };
}

/** What {@link RemoteFiles} are. */
interface Parts {
  readonly addresses: ReadonlyMap<string, RemoteAddress>;
  readonly reader: RemoteReader;
  readonly cache: FileCache | undefined;
  readonly signals: readonly AbortSignal[];
  readonly onVersion: ((name: string, version: RemoteVersion) => void) | undefined;
  /** What the servers say of those that have been read. */
  readonly versions: Map<string, RemoteVersion>;
}

/** Files of servers, by names that may be written down: addresses without their secrets. */
export class RemoteFiles {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws SimvlmError see `parseRemoteAddress`; `bad-address` for two that differ in their secrets alone */
  static at(texts: readonly string[], { cache, ...patience }: RemoteOptions = {}): RemoteFiles {
    const addresses = new Map<string, RemoteAddress>();
    for (const text of texts) {
      const address = parseRemoteAddress(text);
      const other = addresses.get(address.name);
      if (other && other.url.href !== address.url.href) {
        throw new SimvlmError(
          "bad-address",
          `Two addresses are ${address.name} but for what looks like a key or a signature: they could not be told apart.`,
        );
      }
      addresses.set(address.name, address);
    }
    const { onNote } = patience;
    return new RemoteFiles({
      addresses,
      reader: new RemoteReader(patience),
      cache: cache && new FileCache({ ...cache, ...(onNote && { onNote }) }),
      signals: [],
      onVersion: undefined,
      versions: new Map(),
    });
  }

  /** Whether a name is that of one of these files. */
  has(name: string): boolean {
    return this.#parts.addresses.has(name);
  }

  /** What its server says that it is; undefined of one that has not been read. */
  versionOf(name: string): RemoteVersion | undefined {
    return this.#parts.versions.get(name);
  }

  /**
   * The same files, whose reading a signal ends: it throws.
   * @param onVersion called before the first byte of a file; what it throws ends the reading
   */
  until(signal: AbortSignal, onVersion?: (name: string, version: RemoteVersion) => void): RemoteFiles {
    return new RemoteFiles({ ...this.#parts, signals: [...this.#parts.signals, signal], onVersion });
  }

  /**
   * Opens a file as a stream: from the cache as far as it has the version that the server has, and from the server. What
   * comes is kept on the way. To destroy the stream ends the request.
   * @throws SimvlmError see `RemoteReader.open`; while it is read, also what its reading throws
   */
  open(name: string): Readable {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, ...this.#parts.signals]);
    const chunks = this.#read(this.#parts.addresses.get(name)!, signal);
    return new Readable({
      read() {
        chunks.next().then(
          ({ value, done }) => this.push(done ? null : value),
          (error: Error) => this.destroy(error),
        );
      },
      destroy(error, done) {
        ending.abort();
        chunks.return(undefined).then(
          () => done(error),
          () => done(error),
        );
      },
    });
  }

  async *#read(address: RemoteAddress, signal: AbortSignal): AsyncGenerator<Buffer> {
    const key = hashText(`${address.name}\n${address.url.origin}`).slice(0, 32);
    const cached = await this.#parts.cache?.find(key);
    const isWhole = cached && cached.bytes === cached.version.length;
    // Of one that cannot be asked at the moment what is there must do.
    if (isWhole && (await this.#parts.reader.isCurrent(address, cached.version, signal)) !== false) {
      const whole = await cached.open();
      if (whole) {
        this.#see(address.name, cached.version);
        return yield* whole;
      }
    }
    yield* this.#download(address, key, isWhole ? undefined : cached, signal);
  }

  async *#download(
    address: RemoteAddress,
    key: string,
    cached: CachedFile | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const { version, from, bytes } = await this.#parts.reader.open(address, signal, cached);
    this.#see(address.name, version);
    const beginning = from > 0 ? await cached!.open(from) : undefined;
    if (from > 0 && !beginning) return yield* this.#download(address, key, undefined, signal);
    const writer = await this.#begin(key, version, from > 0 ? cached : undefined);
    try {
      if (beginning) yield* beginning;
      let isFirst = from === 0;
      for await (const chunk of bytes) {
        if (isFirst) refuseWebPage(address, chunk);
        isFirst = false;
        await writer?.write(chunk);
        yield chunk;
      }
      await writer?.finish();
    } finally {
      await writer?.leave();
      await bytes.return(undefined);
    }
  }

  #see(name: string, version: RemoteVersion): void {
    this.#parts.versions.set(name, version);
    this.#parts.onVersion?.(name, version);
  }

  async #begin(
    key: string,
    { validator, length }: { readonly validator?: string | undefined; readonly length?: number | undefined },
    cached: CachedFile | undefined,
  ): Promise<CacheWriter | undefined> {
    // What the server has no word for could not be known again.
    if (validator === undefined || length === undefined) return undefined;
    return this.#parts.cache?.begin(key, { validator, length }, cached);
  }
}

/** Servers may say that all is well, and show a form for logging in. @param start the first bytes that came */
function refuseWebPage({ name }: RemoteAddress, start: Buffer): void {
  const page = nameWebPage(start.toString("utf8", 0, START));
  if (page === undefined) return;
  throw new SimvlmError(
    "shard-refused",
    `${name} is ${page}, not a tar archive: the server may want a login, or the address be that of a page about the file.`,
  );
}

/** Of a file, in bytes: a page's title is among them. */
const START = 4096;
