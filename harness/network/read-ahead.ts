import type { Readable } from "node:stream";

/** So many bytes of an answer may wait to be taken. */
const ROOM = 2 ** 25;

/** What is thrown behind the bytes that came before a connection was given up because nobody took them. */
export class HeldUp extends Error {}

/**
 * The bytes of an answer, which are read as they come whether anybody takes them or not: undici 7 ends the process where a
 * server closes a connection that is held up (https://github.com/nodejs/undici/issues/5360). Where more wait than there is
 * room for, the connection is given up, and the rest must be asked for again.
 */
export class ReadAhead {
  readonly #body: Readable;
  readonly #waiting: Buffer[] = [];
  #bytes = 0;
  #outcome: { readonly error?: unknown } | undefined;
  #wake = (): void => {};

  constructor(body: Readable, room = ROOM) {
    this.#body = body;
    body.on("data", (chunk: Buffer) => {
      if (this.#outcome) return;
      this.#waiting.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > room) this.#end({ error: new HeldUp("nobody took what came") });
      this.#wake();
    });
    body.on("end", () => this.#end({}));
    body.on("error", (error) => this.#end({ error }));
    body.on("close", () => this.#end({ error: new Error("it broke off") }));
  }

  /** What came, and then the end; throws what ended it otherwise. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk) {
        this.#bytes -= chunk.length;
        yield chunk;
      } else if (this.#outcome) {
        if ("error" in this.#outcome) throw this.#outcome.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Ends the connection; what waits is gone. */
  destroy(): void {
    this.#waiting.length = 0;
    this.#end({ error: new Error("it was closed") });
    this.#body.destroy();
  }

  #end(outcome: { readonly error?: unknown }): void {
    this.#outcome ??= outcome;
    if ("error" in outcome) this.#body.destroy();
    this.#wake();
  }
}
