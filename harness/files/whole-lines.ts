import { SimvlmError } from "@simvlm/metrics";
import { readBytes } from "./bytes.js";

const LINE_FEED = 0x0a;

/** The text of a log. */
export interface WholeLines {
  /** All lines that end; bytes that are no UTF-8 are replaced by U+FFFD. */
  readonly text: string;
  /** Whether the end of a line that was being written when the process was killed is left out. */
  readonly torn: boolean;
  readonly bytes: Buffer;
}

/**
 * A file of lines that a process may have been killed at writing; one that does not exist has none.
 * @throws SimvlmError `unreadable-file`
 */
export async function readWholeLines(path: string): Promise<WholeLines> {
  const all = await readThere(path);
  const bytes = all.subarray(0, all.lastIndexOf(LINE_FEED) + 1);
  return { text: bytes.toString("utf8"), torn: bytes.length < all.length, bytes };
}

async function readThere(path: string): Promise<Buffer> {
  try {
    return await readBytes(path);
  } catch (cause) {
    if (cause instanceof SimvlmError && cause.code === "missing-file") return Buffer.alloc(0);
    if (cause instanceof SimvlmError) throw cause;
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
