import { isUtf8 } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { hashText } from "../../files/hash.js";

/** A file inside a report, byte for byte: as text, which is packed with all the rest, if it is one and not too long. */
export interface EmbeddedFile {
  /** Named relative to the data's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly text?: string;
  /** The file compressed with gzip, in base64. */
  readonly gzip?: string;
}

/** {@link EmbeddedFile} as a page has it. */
export const EmbeddedFileSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  text: z.string().optional(),
  gzip: z.string().optional(),
});

/** All data together are one text, which has an end. */
const MOST_TEXT = 2 ** 26;

/** Unpacked, all files of a report together: twice the largest test set that people score, VQA's. */
const MOST_UNPACKED = 2 ** 29;
/** What packs better than that, beyond the first bytes, is no data set, but made to fill the memory. */
const MOST_RATIO = 64;
const ANY_RATIO = 2 ** 22;

/** A file as a report holds it. */
export function embedFile(path: string, bytes: Buffer): EmbeddedFile {
  const file = { path, sha256: hashText(bytes) };
  const asText = () => ({ ...file, text: bytes.toString("utf8") });
  if (bytes.length <= MOST_TEXT && isUtf8(bytes)) return asText();
  const packed = gzipSync(bytes, { level: 9 });
  if (bytes.length > roomOf(packed) && isUtf8(bytes)) return asText();
  return { ...file, gzip: packed.toString("base64") };
}

/** How long a packed file may be. */
function roomOf(packed: Buffer): number {
  return ANY_RATIO + MOST_RATIO * packed.length;
}

/**
 * The bytes of a report's embedded files, in their order.
 * @throws SimvlmError `broken-report`, also for files that would fill the memory
 */
export function extractFiles(files: readonly EmbeddedFile[]): Buffer[] {
  let room = MOST_UNPACKED;
  return files.map((file) => {
    const bytes = extractFile(file, room);
    room -= bytes.length;
    return bytes;
  });
}

function extractFile({ path, text, gzip = "" }: EmbeddedFile, room: number): Buffer {
  if (text !== undefined) return Buffer.from(text, "utf8");
  const packed = Buffer.from(gzip, "base64");
  try {
    return gunzipSync(packed, { maxOutputLength: Math.max(1, Math.min(room, roomOf(packed))) });
  } catch (cause) {
    const isLong = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const problem = isLong ? "it is far longer than any data file" : (cause as Error).message;
    throw new SimvlmError("broken-report", `The embedded ${path} cannot be unpacked: ${problem}.`, { cause });
  }
}
