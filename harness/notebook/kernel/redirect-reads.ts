import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { Readable } from "node:stream";

/** Where those get their lines who read standard input by its descriptor or its name, past the stream. */
export interface InputLines {
  /** Asks for a line, and waits for it. */
  ask(): string;
  askLater(): Promise<string>;
  /** As `process.stdin`. */
  stream(): Readable;
}

type Encoding = BufferEncoding | { readonly encoding?: BufferEncoding | null } | null | undefined;
type Call = (...args: unknown[]) => unknown;

/** Whoever reads the descriptor of standard input, or opens it by name, gets a line of the cell's input. */
export function redirectReads(input: InputLines): void {
  redirectReadSync(input);
  redirect(fs, "readFileSync", (options) => encode(input.ask(), options as Encoding));
  redirect(fs.promises, "readFile", async (options) => encode(await input.askLater(), options as Encoding));
  redirect(fs, "readFile", (options, callback) => {
    const done = (typeof options === "function" ? options : callback) as (error: unknown, text?: unknown) => void;
    const encoding = typeof options === "function" ? undefined : (options as Encoding);
    input.askLater().then((line) => done(null, encode(line, encoding)), done);
  });
  redirect(fs, "createReadStream", (options) => {
    const encoding = encodingOf(options as Encoding);
    return encoding ? input.stream().setEncoding(encoding) : input.stream();
  });
  syncBuiltinESMExports();
}

const NAMES: ReadonlySet<unknown> = new Set([0, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

function redirect(functions: object, name: string, read: Call): void {
  const original = (functions as Readonly<Record<string, Call>>)[name]!;
  const call: Call = (target, ...rest) => {
    const fd = (rest[0] as { readonly fd?: unknown } | undefined)?.fd;
    return NAMES.has(target) || fd === 0 ? read(...rest) : original.call(functions, target, ...rest);
  };
  Object.assign(functions, { [name]: Object.assign(call, original) });
}

/** What does not fit is kept for the next call. */
function redirectReadSync(input: InputLines): void {
  let left = Buffer.alloc(0);
  redirect(fs, "readSync", (into, ...rest) => {
    const buffer = into as NodeJS.ArrayBufferView;
    const [first, length] = rest;
    const asked = typeof first === "object" && first !== null ? (first as { offset?: number; length?: number }) : {};
    const start = asked.offset ?? (typeof first === "number" ? first : 0);
    const room = asked.length ?? (typeof length === "number" ? length : buffer.byteLength - start);
    if (left.length === 0) left = Buffer.from(`${input.ask()}\n`);
    const given = left.subarray(0, room);
    left = left.subarray(room);
    new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(given, start);
    return given.length;
  });
}

function encode(line: string, options: Encoding): string | Buffer {
  const bytes = Buffer.from(`${line}\n`);
  const encoding = encodingOf(options);
  return encoding ? bytes.toString(encoding) : bytes;
}

function encodingOf(options: Encoding): BufferEncoding | null | undefined {
  return typeof options === "string" ? options : options?.encoding;
}
