import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { openFile } from "./open-file.js";
import { utf16Of } from "./utf16.js";

const GZIP = Buffer.from([0x1f, 0x8b]);
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** In bytes: no line or record of a data file is longer. */
export const LONGEST_RECORD = 1 << 26;

/**
 * A text file's bytes as a stream, however long it is. A file that begins with gzip's magic bytes is unpacked, whatever
 * it is called; a byte order mark is dropped, and UTF-16 that has one becomes UTF-8.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`; while it is read `broken-gzip`, `unreadable-file`
 */
export async function openTextStream(path: string): Promise<AsyncIterable<Buffer>> {
  const file = await openFile(path);
  const start = Buffer.alloc(GZIP.length);
  await file.read(start, 0, GZIP.length, 0);
  const isPacked = start.equals(GZIP);
  return unpackChunks(file.createReadStream({ start: 0 }), isPacked, path);
}

/**
 * The chunks of a text, unpacked; a byte order mark is dropped, and UTF-16 that has one becomes UTF-8.
 * @param path stands in messages
 * @throws SimvlmError `broken-gzip`, `unreadable-file`, and what the source throws of these
 */
export async function* unpackChunks(source: Readable, isPacked: boolean, path: string): AsyncGenerator<Buffer> {
  const output = isPacked ? createGunzip() : new PassThrough();
  // What goes wrong is thrown by whoever reads the output.
  const done = pipeline(source, output).catch(() => {});
  let isFirst = true;
  let utf16: TextDecoder | undefined;
  const chunks = output[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  try {
    for (;;) {
      const { value, done: isLast } = await chunks.next().catch((cause: Error) => {
        throw describeFault(cause, isPacked, path);
      });
      if (isLast) {
        const rest = utf16?.decode();
        if (rest) yield Buffer.from(rest);
        return;
      }
      const encoding = isFirst ? utf16Of(value) : undefined;
      if (encoding) utf16 = new TextDecoder(encoding);
      const isMarked = isFirst && value.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
      isFirst = false;
      if (utf16) yield Buffer.from(utf16.decode(value, { stream: true }));
      else yield isMarked ? value.subarray(BYTE_ORDER_MARK.length) : value;
    }
  } finally {
    source.destroy();
    output.destroy();
    await done;
  }
}

function describeFault(cause: Error, isPacked: boolean, path: string): SimvlmError {
  if (cause instanceof SimvlmError) return cause;
  if (!isPacked || "syscall" in cause) {
    return new SimvlmError("unreadable-file", `${path} cannot be read: ${cause.message}`, { cause });
  }
  return new SimvlmError("broken-gzip", `${path}: broken gzip data (${cause.message}). Fetch the file again.`, {
    cause,
  });
}

/**
 * The lines of a text file, one in memory at a time, as `splitLines` takes them apart; what is no UTF-8 becomes U+FFFD.
 * @throws SimvlmError as {@link openTextStream}, and `too-long` for a line of more than {@link LONGEST_RECORD} bytes
 */
export async function* readLinesOf(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  let line = 1;
  const add = (part: Buffer) => {
    length += part.length;
    if (length > LONGEST_RECORD) {
      throw new SimvlmError(
        "too-long",
        `${path}, line ${line}: it has more than ${LONGEST_RECORD} bytes; no line of such a file is that long.`,
      );
    }
    parts.push(part);
  };
  const take = () => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    [parts, length, line] = [[], 0, line + 1];
    return bytes.toString("utf8", 0, bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
