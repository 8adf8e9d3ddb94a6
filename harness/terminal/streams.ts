import { fstatSync, writeSync } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import { printable } from "./printable.js";

/**
 * Prints a text for people on standard output, with a line feed behind it. Whatever is in the text, file names, captions
 * and what servers say included, is made harmless for a terminal.
 * @throws SimvlmError `cannot-write`
 */
export function print(text: string): Promise<void> {
  return printData(`${printable(text)}\n`);
}

/**
 * Writes data on standard output as they are; text is to be {@link formatJson}'s or harmless for a terminal. A pipe that
 * its reader has closed is no error: the command goes on to its end, which decides its exit code.
 * @throws SimvlmError `cannot-write` where there is no room
 */
export async function printData(content: string | Uint8Array): Promise<void> {
  if (isOutputClosed()) return;
  try {
    await (isFile(process.stdout.fd) ? writeFile(process.stdout.fd, content) : writeStream(content));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED") return;
    throw new SimvlmError("cannot-write", `Standard output cannot be written: ${message}`, { cause });
  }
}

/** Whether whoever read standard output has seen enough. */
export function isOutputClosed(): boolean {
  return process.stdout.destroyed || Boolean(process.stdout.errored);
}

/**
 * A message for people on standard error, made harmless for a terminal, and on one line: what stands in it, an id or a
 * label, must not begin a line of its own, which CI services may take for a command.
 */
export function tell(message: string): void {
  tellLines(message.replace(/\s*\n\s*/g, " "));
}

/** What has several lines of its own, on standard error: help, tables, a stack. */
export function tellLines(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** What cannot be written to standard error cannot be told; of standard output {@link printData} tells. */
export function surviveClosedStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false; // it is none of this process
  }
}

/** All of it: Node writes once to a file, and does not look how much of it there was room for. */
function writeFile(descriptor: number, content: string | Uint8Array): void {
  const bytes = Buffer.from(content);
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function writeStream(content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => (error ? reject(error) : resolve()));
  });
}
