import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Readable } from "node:stream";
import { CellOutput } from "./cell-output.js";
import { type CellInput, NoInputError } from "./front-end-input.js";

/** A line is asked for when whoever reads has had the time to say that it was the last one. */
const SETTLE_MS = 30;

/**
 * Standard input as cells have it: each line is asked for in the front end, or is an error where nobody can answer.
 * `process.stdin` is opened anew when the last one is over.
 */
export class CellStdin {
  private stream: LineStream | undefined;
  private rest = Buffer.alloc(0);

  constructor() {
    Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get: () => this.open() });
    this.redirectReads();
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

  /** Whoever reads the descriptor, past the stream, gets a line as well. */
  private redirectReads(): void {
    const { readFileSync, readSync } = fs;
    const isStdin = (target: unknown) => target === 0 || target === "/dev/stdin" || target === "/dev/fd/0";
    const readFile = (
      target: unknown,
      options?: BufferEncoding | { readonly encoding?: BufferEncoding | null } | null,
    ) => {
      if (!isStdin(target)) return (readFileSync as (...args: unknown[]) => unknown)(target, options);
      const line = Buffer.from(`${this.prompt()}\n`);
      const encoding = typeof options === "string" ? options : options?.encoding;
      return encoding ? line.toString(encoding) : line;
    };
    const read = (target: unknown, buffer: NodeJS.ArrayBufferView, ...rest: unknown[]) => {
      if (!isStdin(target)) return (readSync as (...args: unknown[]) => unknown)(target, buffer, ...rest);
      const [first, length] = rest;
      const asked = typeof first === "object" && first !== null ? (first as { offset?: number; length?: number }) : {};
      const start = asked.offset ?? (typeof first === "number" ? first : 0);
      const room = asked.length ?? (typeof length === "number" ? length : buffer.byteLength - start);
      if (this.rest.length === 0) this.rest = Buffer.from(`${this.prompt()}\n`);
      const given = this.rest.subarray(0, room);
      this.rest = this.rest.subarray(room);
      new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(given, start);
      return given.length;
    };
    Object.assign(fs, { readFileSync: readFile, readSync: read });
    syncBuiltinESMExports();
  }
}

class LineStream extends Readable {
  readonly fd = 0;
  readonly isTTY = false;
  /** Whether a line is wanted that was not asked for yet. */
  private wanted = false;
  private lines = 0;

  constructor() {
    super();
    this.on("resume", () => this.askSoon());
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
