import { StringDecoder } from "node:string_decoder";

/** The streams that a cell prints to. */
export type StreamName = "stdout" | "stderr";

const DEFAULTS = { characters: 1 << 16, milliseconds: 100 };
/** Characters of one cell: what waits for a slow front end is kept in memory. */
const LIMIT = 20_000_000;
const REST_LEFT_OUT = `\n… the rest of this cell's output is left out: more than ${LIMIT} characters\n`;

/**
 * Gathers what a cell prints into few messages: with one message for each line, thousands of lines were slow, and some
 * were lost. A message goes out when enough has gathered, or 100 ms after the last one, even from a loop that lets no
 * timer run. A cell that prints without end is cut off, with a note.
 */
export class StreamBuffer {
  private pending = "";
  private name: StreamName = "stdout";
  private sentAt = 0;
  private room = LIMIT;
  private timer: NodeJS.Timeout | undefined;
  private readonly decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };

  constructor(private readonly send: (name: StreamName, text: string) => void) {}

  write(name: StreamName, chunk: string | Uint8Array): void {
    if (this.room < 0) return;
    if (name !== this.name) this.flush();
    this.name = name;
    const text = typeof chunk === "string" ? chunk : this.decoders[name].write(Buffer.from(chunk));
    this.pending += text.length > this.room ? text.slice(0, this.room) + REST_LEFT_OUT : text;
    this.room -= text.length;
    if (this.pending.length >= DEFAULTS.characters || Date.now() - this.sentAt >= DEFAULTS.milliseconds) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), DEFAULTS.milliseconds);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending === "") return;
    const text = this.pending;
    this.pending = "";
    this.sentAt = Date.now();
    this.send(this.name, text);
  }
}
