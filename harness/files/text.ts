import { isAscii, isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { openFile, unreadable } from "./open-file.js";
import { utf16Of } from "./utf16.js";

const gunzipAsync = promisify(gunzip);
const BYTE_ORDER_MARK = "\uFEFF";
const LINE_FEED = 0x0a;
/** In bytes: what is longer is not held in memory as a whole, twice and more. */
const LONGEST_TEXT = 1 << 28;

/**
 * The whole text of a file in UTF-8, or in UTF-16 with a byte order mark. A file that begins with gzip's magic bytes is unpacked, whatever it is called;
 * a byte order mark is dropped.
 *
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, `broken-gzip`, `not-utf8`, `too-long`
 */
export async function readText(path: string): Promise<string> {
  const text = await readShortText(path);
  if (text === undefined) throw tooLong(path);
  return text;
}

/** As {@link readText}, undefined for a file that has more than 256 MiB, unpacked. */
export async function readShortText(path: string): Promise<string | undefined> {
  const packed = await readBytes(path);
  const bytes = packed && (await unpack(packed, path));
  if (!bytes) return undefined;
  const utf16 = utf16Of(bytes);
  if (utf16) return decodeUtf16(bytes, utf16, path);
  if (!isUtf8(bytes)) {
    throw new SimvlmError("not-utf8", `${path}, line ${firstLineNotUtf8(bytes)}: not UTF-8 text. Convert it to UTF-8.`);
  }
  const text = decode(bytes, path);
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function decodeUtf16(bytes: Buffer, encoding: string, path: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SimvlmError("not-utf8", `${path}: broken UTF-16 text. Convert it to UTF-8.`, { cause });
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    // Decoding ASCII as Latin-1 gives the same string in half the time.
    return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Undefined for what is longer than {@link LONGEST_TEXT}. */
async function readBytes(path: string): Promise<Buffer | undefined> {
  const file = await openFile(path);
  try {
    return (await file.stat()).size > LONGEST_TEXT ? undefined : await file.readFile();
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

async function unpack(bytes: Buffer, path: string): Promise<Buffer | undefined> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: LONGEST_TEXT });
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw new SimvlmError("broken-gzip", `${path}: broken gzip data (${message}). Fetch the file again.`, { cause });
  }
}

/** The error for a file that cannot be read record by record, and is too long to be read whole. */
export function tooLong(path: string): SimvlmError {
  return new SimvlmError(
    "too-long",
    `${path} has more than ${LONGEST_TEXT} bytes, unpacked. Only JSON and JSON lines may be that long: split the file.`,
  );
}

function firstLineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
