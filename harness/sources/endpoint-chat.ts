import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { SimvlmError } from "@simvlm/metrics";
import { toMilliseconds } from "../duration.js";
import { createConnection } from "../network/connection.js";
import { createRandom } from "../random.js";
import type { Flaw } from "../tasks/prediction.js";
import { type Adaptation, findAdaptation } from "./adaptation.js";
import { describeConnectionFault, explainNobody, isClosed } from "./connection-fault.js";
import type { Address } from "./endpoint-address.js";
import { classifyFault } from "./endpoint-fault.js";
import { type NoReply, quote, type Reply, readReply, statusOfError } from "./endpoint-reply.js";
import { bodyOf, type Question } from "./endpoint-request.js";
import { speaksTls } from "./protocol-probe.js";
import { readResponse } from "./response-text.js";
import type { Mask } from "./secrets.js";
import { explainWebPage } from "./web-page.js";

/** How patient one is with a server. */
export interface ChatOptions {
  /** Attempts after the first. */
  readonly retries?: number;
  /** Seconds an attempt may take. */
  readonly timeout?: number;
  /** Of the jitter. */
  readonly seed?: number;
  /** Seconds before the first retry; each waits twice as long as the one before. */
  readonly backOff?: number;
  /** Ends waiting: there is no further attempt. */
  readonly signal?: AbortSignal | undefined;
  /** Flaws in spite of which an answer is one; default none. */
  readonly accepted?: readonly Flaw[] | undefined;
  /** Certificates, in PEM, that are trusted beside those that Node knows; see `readAuthorities`. */
  readonly authorities?: string | undefined;
}

/** What {@link ChatOptions} are where nothing is said. */
export const CHAT_DEFAULTS = { retries: 4, timeout: 60, seed: 1, backOff: 1 } as const;

/** A server that wants more patience, in seconds, is not waited for. */
const MOST_PATIENCE = 600;
const SHORTEST_JITTER = 0.5;
/** Attempts, and seconds between them, where nobody has ever answered and nobody is there. */
const QUICK = { attempts: 3, wait: 0.2 } as const;

/** What came of a question, and what the server takes instead where it refuses how it was asked. */
export type Came = (Reply | (NoReply & { readonly mend?: Adaptation })) & { readonly again?: undefined };

/** Asks a server. */
export interface Chat {
  /** Asks once, patiently; `key` tells the examples apart. Throws only if no other example would fare better. */
  ask(question: Question, key: string): Promise<Came>;
  /** Breaks off all that is being asked: it throws. */
  close(): void;
}

/** A failure that need not be one for ever. */
interface Again {
  readonly error: string;
  readonly again: true;
  /** Seconds the server asks for. */
  readonly wait?: number | undefined;
  /** Nobody is there: what that means. */
  readonly nobody?: string | undefined;
}

type Attempt = Came | Again;

/**
 * Posts chat completions. A time-out, a cut connection and the statuses 408, 429 and 5xx are tried again, after exactly
 * the time that Retry-After names or else with exponential back-off and jitter. Nobody else waits for that.
 * @throws SimvlmError `endpoint-refused`, `endpoint-quota`, `endpoint-busy`, `endpoint-certificate`
 */
export function createChat(address: Address, mask: Mask, options: ChatOptions = {}): Chat {
  const { retries, timeout, seed, backOff, signal } = { ...CHAT_DEFAULTS, ...options };
  const connect = createConnection(address.route, options.authorities);
  const judging = { mask, accepted: new Set(options.accepted) };
  const jitters = createRandom(seed).fork("back-off");
  const closing = new AbortController();
  const ending = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
  let hasAnswered = false;
  setMaxListeners(0, closing.signal, ending); // one for each question that is being asked

  const post = async (question: Question, signal: AbortSignal): Promise<Attempt> => {
    const fetch = await connect();
    const began = performance.now();
    const response = await fetch(address.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...address.headers },
      body: bodyOf(question),
      redirect: "manual",
      signal,
    });
    hasAnswered = true;
    const read = await readResponse(response);
    const seconds = Math.round(performance.now() - began) / 1000;
    const moved = response.headers.get("location");
    const text = moved !== null ? `moved to ${moved}` : "text" in read ? read.text : read.error;
    const status = response.ok ? statusOfError(text) : response.status;
    if (status === undefined) {
      if (!("text" in read)) return read;
      const reply = readReply(read.text, judging);
      return { ...reply, usage: { ...reply.usage, seconds } };
    }
    const fault = classifyFault(status, response.headers, text);
    const page = explainWebPage(text);
    const error = `status ${response.status}: ${page === undefined ? quote(mask(text)) : mask(page)}`;
    if (fault.kind === "refused") {
      throw new SimvlmError(fault.code, `${address.name} answers with ${error}. ${fault.why}`);
    }
    if (fault.kind === "busy") return { error, again: true, wait: fault.wait };
    const mend = findAdaptation(text, question);
    return { error, ...(fault.flaw && { flaw: fault.flaw }), ...(mend && { mend }) };
  };

  const attempt = async (question: Question): Promise<Attempt> => {
    try {
      const came = await within(timeout, closing.signal, (signal) => post(question, signal));
      return came ?? { error: `no answer within ${timeout} s`, again: true };
    } catch (cause) {
      closing.signal.throwIfAborted();
      if (cause instanceof SimvlmError) throw cause;
      const error = describeConnectionFault(cause as Error, address.name, mask);
      if (
        !hasAnswered &&
        address.url.protocol === "http:" &&
        isClosed(cause as Error) &&
        (await speaksTls(address.url))
      ) {
        throw new SimvlmError(
          "endpoint-refused",
          `${address.name} cannot be asked: ${error}. It speaks https: let the address begin with https://.`,
        );
      }
      return { error, again: true, nobody: hasAnswered ? undefined : explainNobody(cause as Error) };
    }
  };

  return {
    async ask(question, key) {
      const jitter = jitters.fork(key);
      for (let count = 1; ; count++) {
        const came = await attempt(question);
        if (!came.again) return came;
        if (came.nobody !== undefined && (count >= QUICK.attempts || count > retries)) {
          throw new SimvlmError(
            "endpoint-unavailable",
            `${address.name} cannot be asked: ${came.error}. ${came.nobody}`,
          );
        }
        if (came.nobody !== undefined && (await pause(QUICK.wait, ending))) continue;
        const wait = came.wait ?? backOff * 2 ** (count - 1) * (SHORTEST_JITTER + jitter.next());
        if (came.wait !== undefined && wait > MOST_PATIENCE) throw tooBusy(address.name, came.error, wait);
        if (count > retries || wait > MOST_PATIENCE || !(await pause(wait, ending))) {
          closing.signal.throwIfAborted();
          return { error: count > 1 ? `${came.error} (after ${count} attempts)` : came.error };
        }
      }
    },
    close: () => closing.abort(),
  };
}

function tooBusy(name: string, error: string, seconds: number): SimvlmError {
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.round(minutes / 6) / 10;
  const time = minutes < 120 ? `${minutes} minutes` : hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
  return new SimvlmError(
    "endpoint-busy",
    `${name} answers with ${error}, and is to be asked again in ${time}: more than ${MOST_PATIENCE / 60} minutes are not ` +
      "waited for. What has been answered is kept; run the same command then.",
  );
}

/** False if it was told not to go on. */
async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return sleep(1000 * seconds, true, { signal }).catch(() => false);
}

/** What comes of the work, undefined where it takes longer; broken off it throws. */
async function within<T>(
  seconds: number,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      stop();
    },
    toMilliseconds(seconds, "The time-out"),
  );
  closing.addEventListener("abort", stop);
  try {
    closing.throwIfAborted();
    return await work(controller.signal);
  } catch (error) {
    if (isLate) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", stop);
  }
}
