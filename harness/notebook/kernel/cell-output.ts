import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { type CellError, simpleError } from "./cell-error.js";
import type { CellInput } from "./front-end-input.js";
import { StreamBuffer, type StreamName } from "./stream-buffer.js";
import type { Content } from "./wire.js";

/** Publishes a message that belongs to a request. */
export type Publish = (type: string, content: Content) => void;

/** Beyond these a cell only repeats itself. */
const MOST_UNHANDLED = 20;

/** What one cell puts out, while it runs and afterwards: its timers and promises outlive it. */
export class CellOutput {
  private static readonly running = new AsyncLocalStorage<CellOutput>();
  private readonly streams: StreamBuffer;
  private unhandled = 0;
  private readonly shown: Promise<void>[] = [];
  /** The first error that nothing in the cell caught. */
  firstUnhandled: CellError | undefined;
  isRunning = true;

  /** @param input whom the cell may ask; undefined where nobody can answer */
  constructor(
    private readonly publish: Publish,
    readonly input?: CellInput,
  ) {
    this.streams = new StreamBuffer((name, text) => publish("stream", { name, text }));
  }

  /** The cell whose code runs at this moment, or that set the timer or waits for the promise which does. */
  static get current(): CellOutput | undefined {
    return CellOutput.running.getStore();
  }

  /** The cell lasts until this is shown. What fails is nobody's to catch but the kernel's. */
  waitFor(shown: Promise<void>): void {
    this.shown.push(shown);
  }

  async allShown(): Promise<void> {
    await Promise.allSettled(this.shown);
  }

  /** Everything that comes of this is the cell's. */
  whileRunning<T>(run: () => T): T {
    return CellOutput.running.run(this, run);
  }

  /** Node 20 and 22 keep it in a cell's promises and timers, with which it is printed. */
  [inspect.custom](): string {
    return "[the cell]";
  }

  write(name: StreamName, chunk: string | Uint8Array): void {
    this.streams.write(name, chunk);
  }

  display(bundle: object, update: boolean): void {
    this.flush();
    this.publish(update ? "update_display_data" : "display_data", { ...bundle });
  }

  fail(error: CellError): void {
    this.flush();
    this.publish("error", { ...error });
  }

  /** An error that nothing in the cell caught: it is shown at once, since the cell may have ended long ago. */
  failUnhandled(error: CellError): void {
    this.firstUnhandled ??= error;
    this.unhandled++;
    if (this.unhandled <= MOST_UNHANDLED) this.fail(error);
    else if (this.unhandled === MOST_UNHANDLED + 1) {
      this.fail(simpleError("Unhandled", `More than ${MOST_UNHANDLED} errors were not handled: no more are shown.`));
    }
  }

  flush(): void {
    this.streams.flush();
  }
}
