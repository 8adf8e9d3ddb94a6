import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { CellOutput } from "./cell-output.js";
import type { StreamName } from "./stream-buffer.js";

/** The cell that what is printed at this moment belongs to. */
export type CurrentOutput = () => CellOutput | undefined;

/** The streams of a process by their descriptors, and by the names that they have as files. */
const DESCRIPTORS: ReadonlyMap<unknown, StreamName> = new Map<unknown, StreamName>([
  ...([1, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] as const).map((name) => [name, "stdout"] as const),
  ...([2, "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"] as const).map((name) => [name, "stderr"] as const),
]);

/** Whether something that is written to, or handed to a child process, is one of this process's own streams. */
export function streamOf(target: unknown): StreamName | undefined {
  if (target === process.stdout) return "stdout";
  return target === process.stderr ? "stderr" : DESCRIPTORS.get(target);
}

/** What this process prints goes to a cell, once there is one; also what is written to a descriptor, past the streams. */
export function redirectStreams(currentOutput: CurrentOutput): void {
  for (const name of ["stdout", "stderr"] as const) redirectStream(name, currentOutput);
  redirectWrites(currentOutput);
}

function redirectStream(name: StreamName, currentOutput: CurrentOutput): void {
  const stream = process[name];
  const original = stream.write.bind(stream) as typeof stream.write;
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const output = currentOutput();
    if (output === undefined) return (original as (...args: unknown[]) => boolean)(chunk, ...rest);
    output.write(name, chunk);
    const done = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };
  stream.write = write as typeof stream.write;
}

type Write = (target: unknown, data: unknown, ...rest: unknown[]) => unknown;

/** The functions of `node:fs` that write to what is open already, and what each gives back for so many bytes. */
function redirectWrites(currentOutput: CurrentOutput): void {
  const redirect = (name: keyof typeof fs, answer: (bytes: Uint8Array, rest: readonly unknown[]) => unknown) => {
    const original = fs[name] as Write;
    const write: Write = (target, data, ...rest) => {
      const stream = streamOf(target);
      const output = stream && currentOutput();
      if (!output || !(typeof data === "string" || ArrayBuffer.isView(data))) return original(target, data, ...rest);
      const bytes = bytesOf(data, rest);
      output.write(stream, bytes);
      return answer(bytes, rest);
    };
    Object.assign(fs, { [name]: Object.assign(write, original) });
  };
  const callBack = (bytes: Uint8Array, rest: readonly unknown[]) => {
    const done = rest.find((argument) => typeof argument === "function") as ((...args: unknown[]) => void) | undefined;
    if (done) process.nextTick(done, null, bytes.byteLength, bytes);
  };
  redirect("writeSync", (bytes) => bytes.byteLength);
  redirect("write", callBack);
  for (const name of ["writeFileSync", "appendFileSync"] as const) redirect(name, () => undefined);
  for (const name of ["writeFile", "appendFile"] as const) redirect(name, (_, rest) => callBack(Buffer.of(), rest));
  syncBuiltinESMExports();
}

/** A part of a buffer may be asked for by where it begins and how long it is. */
function bytesOf(data: string | ArrayBufferView, [offset, length]: readonly unknown[]): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const start = typeof offset === "number" ? offset : 0;
  return bytes.subarray(start, typeof length === "number" ? start + length : undefined);
}
