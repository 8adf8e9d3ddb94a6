import { Readable } from "node:stream";
import { CellOutput } from "./cell-output.js";
import { type CellInput, NoInputError } from "./front-end-input.js";
import { redirectReads } from "./redirect-reads.js";

/** A line is asked for when whoever reads has had the time to say that it was the last one. */
const SETTLE_MS = 30;

/**
 * Standard input as cells have it: each line is asked for in the front end, or is an error where nobody can answer.
 * `process.stdin` is opened anew when the last one is over.
 */
export class CellStdin {
  private stream: LineStream | undefined;

  constructor() {
    Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get: () => this.open() });
    redirectReads({
      ask: () => this.prompt(),
      // Who cannot be asked is told so by a rejection.
      askLater: async () => currentInput().askLater(""),
      stream: () => this.open(),
    });
  }

  /** Asks for a line, and waits; what `prompt` is in cells. */
  readonly prompt = (message = "", value = ""): string => {
    const line = currentInput().ask(message === "" ? "" : `${String(message).trimEnd()} `);
    return line === "" ? value : line;
  };

  /** A cell has ended: nobody hears what its readers ask for from now on. */
  endCell(): void {
    if (this.stream?.endIfWaiting()) this.stream = undefined;
  }

  private open(): Readable {
    if (this.stream === undefined || this.stream.destroyed) this.stream = new LineStream();
    return this.stream;
  }
}

class LineStream extends Readable {
  readonly fd = 0;
  readonly isTTY = false;
  isRaw = false;
  /** Whether a line is wanted that was not asked for yet. */
  private wanted = false;
  private lines = 0;

  constructor() {
    super();
    this.on("resume", () => this.askSoon());
  }

  /** Keys come a line at a time, where somebody can answer. */
  setRawMode(raw: boolean): this {
    currentInput();
    this.isRaw = raw;
    return this;
  }

  override _read(): void {
    this.wanted = true;
    try {
      currentInput();
      this.askSoon();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** @returns whether it is over: somebody waits who will get no line, or no further one */
  endIfWaiting(): boolean {
    if (!this.wanted) return false;
    if (this.lines > 0) this.push(null);
    else this.destroy(new NoInputError("it has ended before it got a line. Await what reads"));
    return true;
  }

  private askSoon(): void {
    setTimeout(() => void this.ask(), SETTLE_MS);
  }

  private async ask(): Promise<void> {
    const isRead = this.readableFlowing === true || this.listenerCount("readable") > 0;
    if (!this.wanted || !isRead || this.destroyed) return;
    this.wanted = false;
    try {
      this.push(`${await currentInput().askLater("")}\n`);
      this.lines++;
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

function currentInput(): CellInput {
  const output = CellOutput.current;
  if (output?.isRunning === false) throw new NoInputError("the cell has ended already");
  output?.flush();
  if (output?.input === undefined) throw new NoInputError("nobody is there to answer");
  return output.input;
}
