import { isAscii, isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { refusePointer } from "./lfs-pointer.js";

const gunzipAsync = promisify(gunzip);
const BYTE_ORDER_MARK = "\uFEFF";
const LINE_FEED = 0x0a;

/**
 * The whole text of a UTF-8 file. A file that begins with gzip's magic bytes is unpacked, whatever it is called;
 * a byte order mark is dropped.
 *
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, `broken-gzip`, `not-utf8`
 */
export async function readText(path: string): Promise<string> {
  const bytes = await unpack(await readBytes(path), path);
  if (!isUtf8(bytes)) {
    throw new SimvlmError("not-utf8", `${path}, line ${firstLineNotUtf8(bytes)}: not UTF-8 text. Convert it to UTF-8.`);
  }
  const text = decode(bytes, path);
  refusePointer(text, path);
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function decode(bytes: Buffer, path: string): string {
  try {
    // Decoding ASCII as Latin-1 gives the same string in half the time.
    return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (found.isFile() || found.isDirectory()) return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new SimvlmError("missing-file", `${path}: there is no such file. Check the path.`, { cause });
    }
    if (code === "EISDIR") {
      throw new SimvlmError("unreadable-file", `${path} is a folder. Name a file in it.`, { cause });
    }
    throw unreadable(path, cause);
  }
  throw new SimvlmError("unreadable-file", `${path} is not a regular file, but a pipe or a device.`);
}

async function unpack(bytes: Buffer, path: string): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await gunzipAsync(bytes);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SimvlmError("broken-gzip", `${path}: broken gzip data (${reason}). Fetch the file again.`, { cause });
  }
}

function unreadable(path: string, cause: unknown): SimvlmError {
  const reason = (cause as Error).message;
  return new SimvlmError("unreadable-file", `${path} cannot be read: ${reason}`, { cause });
}

function firstLineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
