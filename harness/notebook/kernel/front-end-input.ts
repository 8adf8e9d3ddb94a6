import { once } from "node:events";
import { Script } from "node:vm";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Connection } from "./connection.js";
import type { Answer, StdinThreadData } from "./stdin-thread.js";
import { createHeader, encodeMessage, type Message } from "./wire.js";

/** Asks whoever runs a cell for a line. */
export interface CellInput {
  /** Waits for the answer, and nothing else happens meanwhile. */
  ask(prompt: string): string;
  askLater(prompt: string): Promise<string>;
}

/** Nobody can answer what a cell asks. */
export class NoInputError extends Error {
  override readonly name = "NoInput";

  constructor(why: string) {
    super(
      `The cell asks for input, and ${why}. Write the value into the cell, or into the cell tagged "parameters", where ` +
        "simvlm notebook run --param name=value replaces it.",
    );
  }
}

/** The stdin channel of a kernel. Its socket is another thread's: `prompt()` blocks this one until the answer is there. */
export class InputChannel {
  private readonly answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private opened: { readonly port: MessagePort; readonly thread: Worker } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly session: string,
  ) {}

  /** The input of the cell that this message asks to run. */
  inputOf(request: Message): CellInput {
    return {
      ask: (prompt) => {
        const before = Atomics.load(this.answers, 0);
        const port = this.send(request, prompt);
        waitForChange(this.answers, before);
        return lineOf(receiveMessageOnPort(port)?.message as Answer | undefined);
      },
      askLater: async (prompt) => {
        const port = this.send(request, prompt);
        port.ref();
        const [answer] = (await once(port, "message")) as [Answer];
        port.unref();
        return lineOf(answer);
      },
    };
  }

  async close(): Promise<void> {
    if (this.opened === undefined) return;
    const { port, thread } = this.opened;
    thread.ref();
    port.postMessage(undefined);
    await once(thread, "exit");
  }

  private send({ identities, header }: Message, prompt: string): MessagePort {
    this.opened ??= this.open();
    const { port } = this.opened;
    // An answer to a question that was given up.
    while (receiveMessageOnPort(port) !== undefined);
    const content = { prompt, password: false };
    const question = { identities, header: createHeader("input_request", this.session), parent: header, content };
    port.postMessage(encodeMessage(question, this.connection.key));
    return port;
  }

  /** The first cell that asks opens the channel. */
  private open() {
    const { port1: port, port2 } = new MessageChannel();
    const workerData: StdinThreadData = { connection: this.connection, port: port2, answers: this.answers };
    const thread = new Worker(new URL("./stdin-thread.js", import.meta.url), { workerData, transferList: [port2] });
    thread.unref();
    port.unref();
    return { port, thread };
  }
}

const WAIT = Symbol.for("simvlm.notebook.wait");
const waiting = new Script('globalThis[Symbol.for("simvlm.notebook.wait")]()');

/** An interruption ends the wait: Node breaks off scripts, and only while their first run lasts. */
function waitForChange(answers: Int32Array, before: number): void {
  Object.assign(globalThis, { [WAIT]: () => Atomics.wait(answers, 0, before) });
  waiting.runInThisContext({ breakOnSigint: true });
}

function lineOf(answer: Answer | undefined): string {
  if (answer !== undefined && "value" in answer) return answer.value;
  throw new NoInputError(`the front end did not answer${answer === undefined ? "" : ` (${answer.problem})`}`);
}
