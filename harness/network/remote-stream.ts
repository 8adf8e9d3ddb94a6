import { setTimeout as sleep } from "node:timers/promises";
import { SimvlmError } from "@simvlm/metrics";
import { createRandom } from "../random.js";
import { HeldUp } from "./read-ahead.js";
import type { RemoteAddress } from "./remote-address.js";
import {
  describeFault,
  PassingFault,
  type RemoteReply,
  RemoteRequests,
  type RemoteVersion,
  Unreached,
} from "./remote-request.js";

/** How patient one is with servers. */
export interface RemotePatience {
  /** Attempts after one that brought nothing. */
  readonly retries?: number;
  /** Seconds before the second attempt; each waits twice as long as the one before, half a minute at most. */
  readonly backOff?: number;
  /** Milliseconds without a byte after which a server counts as lost. */
  readonly silence?: number;
  /** Called with a line for people before each further attempt that waits. */
  readonly onNote?: (message: string) => void;
}

/** A file that is being read. */
export interface RemoteStream {
  readonly version: RemoteVersion;
  /** The number of the first byte that comes. */
  readonly from: number;
  readonly bytes: AsyncGenerator<Buffer>;
}

/** What one has of a file already. */
export interface Known {
  readonly version: RemoteVersion;
  /** The number of bytes from its beginning. */
  readonly bytes: number;
}

/** With these a server that is started again is waited for one to two minutes. */
const DEFAULTS = { retries: 8, backOff: 0.5 };
const LONGEST_WAIT = 30;
/** A server that wants more patience, in seconds, is not given it. */
const MOST_PATIENCE = 300;

/** Reads files of servers as streams, whatever becomes of the connections meanwhile. */
export class RemoteReader {
  readonly #requests: RemoteRequests;
  readonly #patience: RemotePatience;

  constructor(patience: RemotePatience = {}) {
    this.#patience = patience;
    this.#requests = new RemoteRequests(patience.silence);
  }

  /**
   * Opens a file. Where a connection breaks, the rest is asked for.
   * @param known of which the rest is read, if the server still has the same version and gives parts
   * @throws SimvlmError `missing-shard`, `shard-refused`, and while it is read `storage-unavailable` when attempt after
   *   attempt brings nothing, `changed-shard` when another version comes in between
   */
  async open(address: RemoteAddress, signal: AbortSignal, known?: Known): Promise<RemoteStream> {
    const attempts = this.#attempts(address, signal);
    for (let have = known; ; ) {
      const reply = await attempts.until(() => this.#askFrom(address, have?.bytes ?? 0, signal));
      const isRest = have && reply.kind === "bytes" && reply.from <= have.bytes && isSame(have.version, reply.version);
      if (reply.kind === "bytes" && (reply.from === 0 || isRest)) {
        const { version, from } = reply;
        return { version, from, bytes: this.#read(address, reply, signal) };
      }
      if (reply.kind === "bytes") reply.body.destroy();
      have = undefined; // it is another version by now
    }
  }

  /** Whether a server still has a version; one attempt, of which undefined says that it failed. */
  async isCurrent(address: RemoteAddress, version: RemoteVersion, signal: AbortSignal): Promise<boolean | undefined> {
    const { validator } = version;
    try {
      const reply = await this.#requests.ask(
        address,
        validator === undefined ? {} : { "if-none-match": validator },
        signal,
      );
      if (reply.kind === "bytes") reply.body.destroy();
      return reply.kind === "unchanged" || (reply.kind === "bytes" && isSame(version, reply.version));
    } catch (error) {
      if (error instanceof PassingFault) return undefined;
      throw error;
    }
  }

  #askFrom(address: RemoteAddress, from: number, signal: AbortSignal): Promise<RemoteReply> {
    return this.#requests.ask(address, from === 0 ? {} : { range: `bytes=${from}-` }, signal);
  }

  async *#read(
    address: RemoteAddress,
    first: RemoteReply & { kind: "bytes" },
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const { version, from } = first;
    const attempts = this.#attempts(address, signal);
    let reply: RemoteReply & { kind: "bytes" } = first;
    let place = from;
    for (;;) {
      let skipped = place - reply.from; // of a server that gives no parts
      try {
        for await (const chunk of reply.body) {
          signal.throwIfAborted();
          const fresh = chunk.subarray(skipped);
          skipped = Math.max(0, skipped - chunk.length);
          if (fresh.length === 0) continue;
          attempts.forget();
          place += fresh.length;
          if (place > (version.length ?? place)) throw new PassingFault(`more than its ${version.length} bytes came`);
          yield fresh;
        }
        if (place === (version.length ?? place) && skipped === 0) return;
        throw new PassingFault("it broke off");
      } catch (error) {
        signal.throwIfAborted();
        const fault = skipped > 0 ? new PassingFault(`${tell(error)}, and the server sends no parts of files,`) : error;
        if (!(error instanceof HeldUp)) await attempts.fail(fault, place, version.length);
      } finally {
        reply.body.destroy();
      }
      const next = await attempts.until(() => this.#askFrom(address, place, signal));
      if (next.kind !== "bytes" || next.from > place || !isSame(version, next.version)) {
        if (next.kind === "bytes") next.body.destroy();
        throw new SimvlmError(
          "changed-shard",
          `${address.name} has changed while it was read. Leave shards as they are while they are read, and begin again.`,
        );
      }
      reply = next;
    }
  }

  /** Counts the attempts that brought nothing, and waits between them. */
  #attempts({ name, account }: RemoteAddress, signal: AbortSignal) {
    const { retries = DEFAULTS.retries, backOff = DEFAULTS.backOff, onNote } = this.#patience;
    const jitter = createRandom(1).fork("back-off").fork(name);
    let failed = 0;
    const fail = async (error: unknown, place = 0, length?: number): Promise<void> => {
      if (error instanceof SimvlmError) throw error;
      const what = tell(error);
      const asked = error instanceof PassingFault ? (error.wait ?? 0) : 0;
      const hint = account !== undefined && error instanceof Unreached ? ` Of the environment: ${account}.` : "";
      const at = place === 0 ? "" : ` after ${place}${length === undefined ? "" : ` of ${length}`} bytes`;
      failed++;
      if (failed > retries || asked > MOST_PATIENCE) {
        throw new SimvlmError(
          "storage-unavailable",
          `${name} cannot be read at the moment: ${what}${at}, at ${failed} attempts.${hint} Try again later: what was done so far is kept.`,
        );
      }
      const seconds = Math.max(asked, Math.min(LONGEST_WAIT, backOff * 2 ** (failed - 1)) * (0.5 + jitter.next() / 2));
      if (failed > 1) {
        const why = failed === 2 ? hint : ""; // at once, and once
        onNote?.(`${name}: ${what}${at}; trying again in ${Math.ceil(seconds)} s${why && `.${why}`}`);
      }
      await sleep(1000 * seconds, undefined, { signal });
    };
    return {
      fail,
      forget: () => {
        failed = 0;
      },
      async until<T>(ask: () => Promise<T>): Promise<T> {
        for (;;) {
          try {
            return await ask();
          } catch (error) {
            signal.throwIfAborted();
            await fail(error);
          }
        }
      },
    };
  }
}

const tell = (error: unknown): string => (error instanceof PassingFault ? error.message : describeFault(error));

/** Of a version without a name the length must do, where it is known. */
export function isSame(one: RemoteVersion, other: RemoteVersion): boolean {
  return one.validator === other.validator && (one.length ?? other.length) === (other.length ?? one.length);
}
