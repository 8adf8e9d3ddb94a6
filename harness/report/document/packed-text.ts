import { constants, deflateSync, inflateSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";

/** What a short text may unpack to, and how many times its size a longer one: what packs better is made to fill the memory. */
const [ANY_ROOM, MOST_RATIO] = [2 ** 22, 64];
/** A report's data, unpacked. */
const LONGEST = 2 ** 28;

/** A text as a page embeds it: deflated (zlib's format, which a browser's DecompressionStream calls `deflate`), in base64. */
export function packText(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  const packed = deflateSync(bytes);
  const isDense = bytes.length > roomOf(packed);
  return (isDense ? deflateSync(bytes, { level: constants.Z_NO_COMPRESSION }) : packed).toString("base64");
}

/**
 * The text that {@link packText} packed.
 * @param path of the file that it stands in, for messages
 * @throws SimvlmError `broken-report` for what was not packed like this, down to its last byte
 */
export function unpackText(base64: string, path: string): string {
  const packed = Buffer.from(base64, "base64");
  const fail = (problem: string, cause?: unknown) =>
    new SimvlmError("broken-report", `${path}: its data cannot be unpacked: ${problem}. It was changed or damaged.`, {
      cause,
    });
  if (packed.toString("base64") !== base64) throw fail("they are not base64");
  try {
    // With `info`, Node gives more than its types say.
    const { buffer, engine } = inflateSync(packed, {
      maxOutputLength: Math.min(LONGEST, roomOf(packed)),
      info: true,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    if (engine.bytesWritten === packed.length) return buffer.toString("utf8");
  } catch (cause) {
    const isLong = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw fail(isLong ? "they are far longer than any report's" : (cause as Error).message, cause);
  }
  throw fail("something stands after them");
}

function roomOf(packed: Buffer): number {
  return ANY_ROOM + MOST_RATIO * packed.length;
}
