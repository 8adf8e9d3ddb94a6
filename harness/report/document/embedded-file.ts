import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";

/** A file inside a report, byte for byte: as text if it is short, otherwise compressed. */
export interface EmbeddedFile {
  /** Named relative to the data's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly text?: string;
  /** The file compressed with gzip, in base64. */
  readonly gzip?: string;
}

/** Above, a reader of the report would wait for text that nobody reads. */
const MOST_TEXT = 400_000;

/** Unpacked, at most: a report from somewhere must not fill the memory. */
const MOST_UNPACKED = 2 ** 30;

/** A file as a report holds it. */
export function embedFile(path: string, bytes: Buffer): EmbeddedFile {
  const file = { path, sha256: hashText(bytes) };
  return bytes.length <= MOST_TEXT && isUtf8(bytes)
    ? { ...file, text: bytes.toString("utf8") }
    : { ...file, gzip: gzipSync(bytes, { level: 9 }).toString("base64") };
}

/**
 * The bytes of an embedded file.
 * @throws SimvlmError `broken-report`
 */
export function extractFile({ path, text, gzip = "" }: EmbeddedFile): Buffer {
  if (text !== undefined) return Buffer.from(text, "utf8");
  try {
    return gunzipSync(Buffer.from(gzip, "base64"), { maxOutputLength: MOST_UNPACKED });
  } catch (cause) {
    throw new SimvlmError("broken-report", `The embedded ${path} cannot be unpacked: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/** SHA-256 in hex. */
export function hashText(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
