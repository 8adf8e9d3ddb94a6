import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { VERSION } from "@simvlm/metrics";
import { z } from "zod";
import { tellLines } from "../../terminal/streams.js";
import { type CellError, INTERRUPTED, simpleError } from "./cell-error.js";
import { CellOutput, type Publish } from "./cell-output.js";
import { CellStdin } from "./cell-stdin.js";
import { captureChildren } from "./child-streams.js";
import { type CellInput, NoInputError } from "./front-end-input.js";
import { redirectStreams } from "./redirect-streams.js";
import type { Session } from "./session.js";
import { type Content, PROTOCOL_VERSION } from "./wire.js";

const executeRequest = z.looseObject({
  code: z.string(),
  silent: z.boolean().default(false),
  store_history: z.boolean().default(true),
  stop_on_error: z.boolean().default(true),
  allow_stdin: z.boolean().default(true),
});
const codeRequest = z.looseObject({ code: z.string(), cursor_pos: z.int().min(0) });

/** How long requests are gathered that were on their way when a cell failed. Its answer waits: what comes after it runs. */
const DRAIN_MS = 20;
const AFTER_INFO_MS = 20;

/** Answers what a front end asks, see the messages of the protocol. */
export class Kernel {
  private executions = 0;
  private queue: Promise<unknown> = Promise.resolve();
  /** Requests that came before this one was answered with an error are not run. */
  private abortedBefore = 0;
  private requests = 0;
  private last: CellOutput | undefined;
  private started: Promise<Session> | undefined;
  private pages = 0;

  private readonly stdin = new CellStdin();

  /** @param start is given what `prompt` is in cells */
  constructor(private readonly start: (prompt: CellStdin["prompt"]) => Promise<Session>) {
    redirectStreams(() => this.output);
    captureChildren(() => this.output);
  }

  /** Code that no cell is known to have caused, such as a native library's threads, speaks for the last one. */
  private get output(): CellOutput | undefined {
    return CellOutput.current ?? this.last;
  }

  /** Starting is a second or two in which nothing else happens: it begins when it is needed, or foreseen. */
  private get session(): Promise<Session> {
    this.started ??= this.start(this.stdin.prompt);
    return this.started;
  }

  /**
   * Front ends ask this first, and again when their page is loaded anew, and give up if nothing comes: so the answer
   * leaves before the session starts.
   */
  info(): Content {
    this.pages++;
    setTimeout(() => this.session, AFTER_INFO_MS);
    return {
      status: "ok",
      protocol_version: PROTOCOL_VERSION,
      implementation: "simvlm",
      implementation_version: VERSION,
      banner: `SimVLM ${VERSION} on Node ${process.version}: the library is in the variable simvlm`,
      language_info: {
        name: "typescript",
        version: "5.0",
        mimetype: "text/typescript",
        file_extension: ".ts",
        pygments_lexer: "typescript",
        // What classic Notebook and JupyterLab each need to highlight TypeScript.
        codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
      },
    };
  }

  /** Runs a cell once those before it are done. */
  execute(content: Content, publish: Publish, input: CellInput): Promise<Content> {
    const request = executeRequest.parse(content);
    const position = ++this.requests;
    const result = this.queue.then(async () => {
      if (position <= this.abortedBefore) return { status: "aborted", execution_count: this.executions };
      const error = await this.run(request, request.silent ? () => {} : publish, input);
      if (error === undefined) {
        return { status: "ok", execution_count: this.executions, payload: [], user_expressions: {} };
      }
      if (request.stop_on_error) {
        await sleep(DRAIN_MS);
        this.abortedBefore = this.requests;
      }
      return { status: "error", execution_count: this.executions, ...error };
    });
    this.queue = result.catch(() => {});
    return result;
  }

  private async run(
    { code, silent, store_history, allow_stdin }: z.infer<typeof executeRequest>,
    publish: Publish,
    input: CellInput,
  ): Promise<CellError | undefined> {
    const session = await this.session;
    const isCounted = store_history && !silent;
    if (isCounted) this.executions++;
    publish("execute_input", { code, execution_count: this.executions });
    this.last?.flush();
    const output = new CellOutput(publish, allow_stdin ? input : undefined);
    this.last = output;
    const write = (bundle: object, update: boolean) => this.output?.display(bundle, update);
    const waitFor = (shown: Promise<void>) => this.output?.waitFor(shown);
    session.tslab.jupyter.lastWriteDisplayData = Object.assign(write, { page: this.pages, waitFor });
    const error = await output.whileRunning(() => session.run(code, isCounted ? this.executions : undefined));
    await output.allShown();
    // What the cell rejected and did not await is known once its promises have had their turn.
    await nextTurn();
    output.isRunning = false;
    this.stdin.endCell();
    output.flush();
    // A cell that cannot go on was interrupted because of what it did not handle.
    if (error?.ename === INTERRUPTED && output.firstUnhandled !== undefined) return output.firstUnhandled;
    if (error !== undefined) output.fail(error);
    return error ?? output.firstUnhandled;
  }

  /** Shows what nothing in a cell caught, there. It makes the cell fail where that has not ended yet. */
  async showUnhandled(thrown: unknown, note: string): Promise<void> {
    const { output } = this;
    // Whoever waits for a line that never comes would wait for ever.
    if (thrown instanceof NoInputError) await this.interrupt();
    try {
      if (output === undefined) tellLines(`simvlm kernel: ${note}: ${inspect(thrown)}`);
      else output.failUnhandled((await this.session).describe(thrown, note));
    } catch {
      output?.failUnhandled(simpleError("Thrown", `Something that cannot be shown. ${note}`));
    }
  }

  async complete(content: Content): Promise<Content> {
    const { code, cursor_pos } = codeRequest.parse(content);
    const position = utf16Position(code, cursor_pos);
    const { start, end, candidates } = (await this.session).complete(code, position);
    return {
      status: "ok",
      matches: candidates,
      cursor_start: codePointPosition(code, start),
      cursor_end: codePointPosition(code, end),
      metadata: {},
    };
  }

  async inspect(content: Content): Promise<Content> {
    const { code, cursor_pos } = codeRequest.parse(content);
    const text = (await this.session).inspect(code, utf16Position(code, cursor_pos));
    const data = text === undefined ? {} : { "text/plain": text };
    return { status: "ok", found: text !== undefined, data, metadata: {} };
  }

  async isComplete(content: Content): Promise<Content> {
    const { code } = z.looseObject({ code: z.string() }).parse(content);
    const { completed, indent } = (await this.session).tslab.isCompleteCode(code);
    return completed ? { status: "complete" } : { status: "incomplete", indent: indent ?? "" };
  }

  /** Stops waiting for what the cell awaits; a loop that awaits nothing is ended by the signal itself. */
  async interrupt(): Promise<Content> {
    (await this.started)?.interrupt();
    return { status: "ok" };
  }

  flush(): void {
    this.last?.flush();
  }

  /** Lets the cells' listeners of the process's end speak while somebody hears it. */
  async sayGoodbye(): Promise<void> {
    try {
      process.emit("exit", 0);
    } catch (error) {
      await this.showUnhandled(error, "It was thrown by a listener of the process's end.");
    }
    process.removeAllListeners("exit");
    this.flush();
  }

  async close(): Promise<void> {
    this.flush();
    (await this.started)?.close();
  }
}

/** The answer to a request that could not be carried out: front ends wait until they get one. */
export function failure(error: unknown): Content {
  return { status: "error", ...simpleError("KernelError", error instanceof Error ? error.message : String(error)) };
}

/** The protocol counts characters, strings count UTF-16 units. */
const utf16Position = (code: string, position: number): number => [...code].slice(0, position).join("").length;
const codePointPosition = (code: string, position: number): number => [...code.slice(0, position)].length;
