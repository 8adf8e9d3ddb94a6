import type { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import type { Dispatcher } from "undici";
import { createDispatcher } from "./connection.js";
import { findRoute } from "./proxies.js";
import { ReadAhead } from "./read-ahead.js";
import { type Headers, isLoopback, type RemoteAddress } from "./remote-address.js";

/** Which bytes a file has: those of another version may be different ones. */
export interface RemoteVersion {
  /** The server's name for them: an ETag, or when they were written; absent where it has none. */
  readonly validator?: string | undefined;
  /** How many they are; absent where the server does not say. */
  readonly length?: number | undefined;
}

/** What a server says to a request. */
export type RemoteReply =
  | { readonly kind: "unchanged" }
  /** There is no such part: the file has become shorter. */
  | { readonly kind: "no-such-part" }
  | {
      readonly kind: "bytes";
      readonly version: RemoteVersion;
      /** The number of the first byte. */
      readonly from: number;
      readonly body: ReadAhead;
    };

/** A failure that need not be one for ever. */
export class PassingFault extends Error {
  /** @param wait seconds that the server asks for */
  constructor(
    message: string,
    readonly wait?: number,
  ) {
    super(message);
  }
}

/** No server could be asked. */
export class Unreached extends PassingFault {}

/** Milliseconds without a byte after which a server counts as lost. */
export const SILENCE = 60_000;
const MOST_REDIRECTS = 5;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The longest error that is read, in bytes: Amazon's name the fault within the first hundred. */
const LONGEST_ERROR = 4096;

/** Asks servers for files: one attempt at a time. */
export class RemoteRequests {
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  readonly #silence: number;

  constructor(silence = SILENCE) {
    this.#silence = silence;
  }

  /**
   * @param headers `range`, `if-none-match`
   * @throws PassingFault; SimvlmError `missing-shard`, `shard-refused` for what will be the same at every attempt; what
   *   `signal` was aborted with
   */
  async ask(address: RemoteAddress, headers: Headers, signal: AbortSignal): Promise<RemoteReply> {
    let url = address.url;
    for (let count = 0; count <= MOST_REDIRECTS; count++) {
      const asked = { "accept-encoding": "identity", ...headers };
      const reply = await this.#send(url, url === address.url ? await address.sign(asked) : asked, signal);
      const { location } = reply.headers;
      // Amazon's say so of a bucket in another region, for which a request must be signed anew.
      if (!isRedirect(reply.statusCode) || typeof location !== "string" || address.isObject)
        return readReply(address, reply);
      reply.body.destroy();
      url = follow(address, url, location);
    }
    throw refused(address, `it is sent from one address to the next, more than ${MOST_REDIRECTS} times`);
  }

  async #send(url: URL, headers: Headers, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { request } = await import("undici");
    let dispatcher = this.#dispatchers.get(url.origin);
    dispatcher ??= createDispatcher(findRoute(url, process.env), { silence: this.#silence });
    this.#dispatchers.set(url.origin, dispatcher);
    try {
      const reply = await request(url, { headers, signal, dispatcher: await dispatcher });
      reply.body.on("error", () => {}); // whoever reads it is told
      return reply;
    } catch (cause) {
      signal.throwIfAborted();
      throw new Unreached(describeFault(cause));
    }
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

function follow(address: RemoteAddress, from: URL, location: string): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isSafe =
    url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url) && isLoopback(address.url));
  if (url && isSafe) return url;
  throw refused(address, "it is sent on to an address that is not https://");
}

async function readReply(address: RemoteAddress, reply: Dispatcher.ResponseData): Promise<RemoteReply> {
  const { statusCode: status, headers, body } = reply;
  const read = (name: string) => [headers[name]].flat()[0];
  if (status === 200 || status === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(read("content-range") ?? "") ?? [];
    if (status === 206 && first === undefined) throw new PassingFault("it sends a part, and does not say which");
    const length = status === 206 ? total : read("content-length");
    return {
      kind: "bytes",
      version: {
        validator: read("etag") ?? read("last-modified"),
        length: length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined,
      },
      from: Number(first ?? 0),
      body: new ReadAhead(body),
    };
  }
  const code = status === 304 ? undefined : await readErrorCode(body);
  body.destroy();
  if (status === 304) return { kind: "unchanged" };
  if (status === 416) return { kind: "no-such-part" };
  const said = `status ${status}${code === undefined ? "" : `, ${code}`}`;
  const wait = Number(read("retry-after") ?? Number.NaN);
  if (PASSING.has(status) || code === "SlowDown" || code === "RequestTimeout")
    throw new PassingFault(`it answers with ${said}`, Number.isFinite(wait) ? wait : undefined);
  if (status === 404 || status === 410) {
    throw new SimvlmError("missing-shard", `${address.name} is not there (${said}). Check the address.`);
  }
  throw refused(address, `the server answers with ${said}`, explain(address, status, read("x-amz-bucket-region")));
}

/** What can be done about an answer. */
function explain({ isObject, isSigned }: RemoteAddress, status: number, region: string | undefined): string {
  if (region !== undefined && /^[a-z\d-]{1,64}$/.test(region) && (status === 301 || status === 307 || status === 400))
    return ` The bucket is in the region ${region}: set AWS_REGION to it.`;
  if (isObject && [301, 307, 400].includes(status))
    return " The bucket may be in another region: set AWS_REGION to the one that it is in.";
  if (status !== 401 && status !== 403) return "";
  if (isObject && !isSigned)
    return " Nobody is named who asks: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, where the file is not everybody's.";
  if (isObject) return " The keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may be wrong, or may not read it.";
  return " It may be signed for a time that is over, or only be there for those who log in.";
}

/** The word that Amazon's servers have for an error; the rest of what a server says is not repeated. */
async function readErrorCode(body: Readable): Promise<string | undefined> {
  let text = "";
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      text += chunk.toString("latin1");
      if (text.length > LONGEST_ERROR) break;
    }
  } catch {
    // the status says enough
  }
  return /<Code>(\w{1,64})<\/Code>/.exec(text)?.[1];
}

/** The system's or undici's word for what went wrong: their sentences may repeat addresses with what is secret. */
export function describeFault(error: unknown): string {
  const causes: unknown[] = [error];
  for (let next = error; next instanceof Error && causes.length < 8; next = next.cause) causes.push(next.cause);
  const codes = causes.flatMap((each) => (each instanceof Error && "code" in each ? [String(each.code)] : []));
  return `the connection failed (${codes.at(-1) ?? "for an unknown reason"})`;
}

function refused({ name }: RemoteAddress, what: string, why = ""): SimvlmError {
  return new SimvlmError("shard-refused", `${name} cannot be read: ${what}.${why}`);
}
