import { randomUUID } from "node:crypto";
import { SimvlmError } from "@simvlm/metrics";
import { Dealer, Subscriber } from "zeromq";
import { channelAddress } from "../kernel/connection.js";
import { type Content, createHeader, decodeMessage, encodeMessage, type Message } from "../kernel/wire.js";
import { ENDED_WELL, type KernelProcess, type RawListener, startKernelProcess } from "./kernel-process.js";

/** How fast a socket tries again while the kernel still starts. */
const RECONNECT_MS = 20;
/** A subscription takes a moment: until something is heard, the kernel is asked again. */
const ASK_AGAIN_MS = 250;

/** What a dead kernel has sent is on its way that long. */
const LAST_OUTPUT_MS = 100;
/** A kernel that waits answers at once; one on a machine that is busy, a while later. */
const BUSY_MS = 10_000;
const HUNG = Symbol("hung");
/** Node's timers take a longer time for none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How a kernel ended that was asked to. */
export interface KernelEnd {
  /** Whether something was still going on when the time for it was over. */
  readonly cutOff: boolean;
  /** Whether the kernel had to be killed since it answered no more: a timer loops without end, for instance. */
  readonly hung: boolean;
  /** How its process ended, if not by itself when it was done. */
  readonly death?: string;
}

/** Called with each message that a kernel publishes about a request. */
export type Listener = (message: Message) => void;

interface Asked {
  readonly listener: Listener;
  reply: Content | undefined;
  idle: boolean;
  readonly resolve: (reply: Content) => void;
}

/** Somebody may open a port between its being found free and the kernel's opening it. */
const MOST_STARTS = 5;
const PORT_TAKEN = /Address already in use|EADDRINUSE/;

/**
 * Starts a kernel and connects to it.
 *
 * @param folder where the notebook lies
 * @throws SimvlmError `kernel-died`, `kernel-silent`
 */
export async function startKernel(
  folder: string,
  timeoutMs: number,
  onRaw?: RawListener,
  starts = 1,
): Promise<{ readonly client: KernelClient; readonly kernel: KernelProcess }> {
  const kernel = await startKernelProcess(folder, onRaw);
  try {
    return { client: await KernelClient.connect(kernel, timeoutMs), kernel };
  } catch (error) {
    await kernel.kill();
    if (starts === MOST_STARTS || !PORT_TAKEN.test((error as Error).message)) throw error;
    return startKernel(folder, timeoutMs, onRaw, starts + 1);
  }
}

/** Speaks with a kernel: asks on the shell channel, and hears what is published about it. */
export class KernelClient {
  private readonly session = randomUUID();
  private readonly shell = new Dealer({ reconnectInterval: RECONNECT_MS, linger: 0 });
  private readonly control = new Dealer({ reconnectInterval: RECONNECT_MS, linger: 0 });
  private readonly iopub = new Subscriber({ reconnectInterval: RECONNECT_MS, receiveHighWaterMark: 0, linger: 0 });
  /** Those that were answered, too: what a cell has begun may put out something later. */
  private readonly asked = new Map<string, Asked>();
  private heard = false;

  private constructor(private readonly kernel: KernelProcess) {
    const { connection } = kernel;
    this.shell.connect(channelAddress(connection, "shell"));
    this.control.connect(channelAddress(connection, "control"));
    this.iopub.connect(channelAddress(connection, "iopub"));
    this.iopub.subscribe();
    for (const socket of [this.shell, this.control]) {
      void this.listen(socket, (asked, { content }) => {
        asked.reply = content;
      });
    }
    void this.listen(this.iopub, (asked, message) => {
      this.heard = true;
      if (message.header.msg_type === "status") asked.idle ||= message.content.execution_state === "idle";
      else asked.listener(message);
    });
  }

  /**
   * Connects to a kernel and waits until both channels work.
   *
   * @throws SimvlmError `kernel-died`, `kernel-silent`
   */
  static async connect(kernel: KernelProcess, timeoutMs: number): Promise<KernelClient> {
    const client = new KernelClient(kernel);
    const timer = new AbortController();
    const tooLate = delay(timeoutMs, timer.signal).then(() => {
      throw new SimvlmError(
        "kernel-silent",
        `The kernel did not answer within ${timeoutMs / 1000} s after it was started.`,
      );
    });
    try {
      while (!client.heard) {
        await Promise.race([client.request("kernel_info_request", {}), delay(ASK_AGAIN_MS), client.died(), tooLate]);
      }
      // What needs the compiler is answered when it has started: no cell's time limit pays for that.
      await Promise.race([client.request("is_complete_request", { code: "" }), client.died(), tooLate]);
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      timer.abort();
    }
  }

  /**
   * Sends a request, and waits for the answer and for everything that is published about it.
   *
   * @param onPublished called with what the kernel publishes about the request, except status messages; also with what
   *   comes after the answer
   */
  request(type: string, content: Content, onPublished: Listener = () => {}, channel: "shell" | "control" = "shell") {
    const header = createHeader(type, this.session);
    return new Promise<Content>((resolve, reject) => {
      this.asked.set(header.msg_id, { listener: onPublished, reply: undefined, idle: false, resolve });
      const frames = encodeMessage({ identities: [], header, parent: {}, content }, this.kernel.connection.key);
      this[channel].send(frames as Buffer[]).catch(reject);
    });
  }

  /** Runs a cell's code; see {@link request}. */
  execute(code: string, options: { stopOnError?: boolean } = {}, onPublished?: Listener): Promise<Content> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: options.stopOnError ?? true,
    };
    return this.request("execute_request", content, onPublished);
  }

  /** Never resolves; rejects when the kernel's process ends. */
  async died(): Promise<never> {
    const end = await this.kernel.ended;
    await delay(LAST_OUTPUT_MS);
    throw new SimvlmError("kernel-died", `The kernel died (${end}).`);
  }

  /**
   * Asks the kernel to end, and makes sure that it does.
   *
   * @param lateOutputSeconds how long what its cells have begun may go on before that: timers, promises and the like
   */
  async shutDown(graceMs: number, lateOutputSeconds = 0): Promise<KernelEnd> {
    const start = performance.now();
    const content = { restart: false, late_output_seconds: lateOutputSeconds };
    const done = this.request("shutdown_request", content, () => {}, "control").then(() => undefined);
    const limit = lateOutputSeconds * 1000;
    const timers = new AbortController();
    const tooLate = delay(limit + BUSY_MS, timers.signal).then(() => HUNG);
    const end = await Promise.race([done, this.kernel.ended, tooLate]);
    const hung = end === HUNG;
    const cutOff = !hung && limit > 0 && performance.now() - start >= limit;
    if (!hung) await Promise.race([this.kernel.ended, delay(graceMs, timers.signal)]);
    timers.abort();
    await this.kernel.kill();
    this.close();
    return { cutOff, hung, ...(typeof end === "string" && end !== ENDED_WELL && { death: end }) };
  }

  close(): void {
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
  }

  private async listen(socket: Dealer | Subscriber, receive: (asked: Asked, message: Message) => void): Promise<void> {
    for await (const frames of socket) {
      const message = decodeMessage(frames, this.kernel.connection.key);
      const id = message.parent.msg_id;
      const asked = typeof id === "string" ? this.asked.get(id) : undefined;
      if (asked === undefined) continue;
      receive(asked, message);
      if (asked.reply !== undefined && asked.idle) asked.resolve(asked.reply);
    }
  }
}

/** Waits; once aborted, it never settles. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER_MS));
    signal?.addEventListener("abort", () => clearTimeout(timer));
  });
}
