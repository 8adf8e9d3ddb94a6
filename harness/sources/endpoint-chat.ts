import { setTimeout as sleep } from "node:timers/promises";
import { SimvlmError } from "@simvlm/metrics";
import { toMilliseconds } from "../duration.js";
import { createRandom } from "../random.js";
import type { Address } from "./endpoint-address.js";
import { quote, type Reply, readBody, readReply } from "./endpoint-reply.js";

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
}

/** What {@link ChatOptions} are where nothing is said. */
export const CHAT_DEFAULTS = { retries: 4, timeout: 60, seed: 1, backOff: 1 } as const;

/** A server that wants more patience, in seconds, is not waited for. */
const MOST_PATIENCE = 600;
const SHORTEST_JITTER = 0.5;

/** What will be the same for every example: a wrong key, URL or model. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

/** Asks once, patiently; `key` tells the examples apart. Throws only if no other example would fare better. */
export type Chat = (request: object, key: string) => Promise<Reply>;

type Attempt =
  | Reply
  | {
      readonly error: string;
      readonly retry: true /** Seconds the server asks for. */;
      readonly wait?: number | undefined;
    };

/**
 * Posts chat completions. A time-out, a cut connection and the statuses 408, 429 and 5xx are tried again, after the time
 * that Retry-After names or else with exponential back-off and jitter.
 * @throws SimvlmError `endpoint-refused`
 */
export function createChat(address: Address, options: ChatOptions = {}): Chat {
  const { retries, timeout, seed, backOff, signal } = { ...CHAT_DEFAULTS, ...options };
  const jitters = createRandom(seed).fork("back-off");

  return async (request, key) => {
    const jitter = jitters.fork(key);
    for (let attempt = 0; ; attempt++) {
      const reply = await post(address, request, timeout);
      if (!("retry" in reply)) return reply;
      const own = backOff * 2 ** attempt * (SHORTEST_JITTER + jitter.next());
      const wait = Math.max(own, reply.wait ?? 0);
      const isLast = attempt >= retries || wait > MOST_PATIENCE;
      if (isLast || !(await waitFor(wait, signal))) {
        return { error: attempt > 0 ? `${reply.error} (after ${attempt + 1} attempts)` : reply.error };
      }
    }
  };
}

/** False if it was told not to go on. */
async function waitFor(seconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return sleep(1000 * seconds, true, { signal }).catch(() => false);
}

async function post({ url, name, key }: Address, request: object, timeout: number): Promise<Attempt> {
  const hide = (text: string) => (key === undefined ? text : text.replaceAll(key, "[key]"));
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(request),
      redirect: "manual",
      signal: AbortSignal.timeout(toMilliseconds(timeout, "The time-out")),
    });
    const body = await readBody(response);
    if (body === undefined) return { error: "the reply is too long to be an answer" };
    if (response.ok) return readReply(hide(body));
    const error = `status ${response.status}: ${quote(hide(body))}`;
    if (REFUSED.has(response.status)) {
      throw new SimvlmError(
        "endpoint-refused",
        `${name} answers with ${error}. Check the address, the model's name and the key in SIMVLM_API_KEY.`,
      );
    }
    if (!isTransient(response.status)) return { error };
    return { error, retry: true, wait: parseRetryAfter(response.headers.get("retry-after")) };
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    return { error: hide(describeFault(cause as Error, timeout)), retry: true };
  }
}

const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Seconds, or a date. */
function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Number(header);
  const seconds = (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** What `fetch` throws says little; its cause says more. */
function describeFault(error: Error, timeout: number): string {
  if (error.name === "TimeoutError") return `no answer within ${timeout} s`;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return `the connection failed: ${cause instanceof Error && cause.message ? cause.message : error.message}${code}`;
}
