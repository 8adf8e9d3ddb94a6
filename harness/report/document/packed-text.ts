import { promisify } from "node:util";
import { constants, deflate, inflateSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { decodeBase85, encodeBase85 } from "../packing/base85.js";
import { codeText } from "../packing/code-text.js";
import { decodeText } from "../packing/coded-text.js";

/** What a short text may unpack to, and how many times its size a longer one: what packs better is made to fill the memory. */
const [ANY_ROOM, MOST_RATIO] = [2 ** 22, 64];
/** A report's data, unpacked. */
const LONGEST = 2 ** 28;

const deflateApart = promisify(deflate);

/**
 * JSON as a page embeds it: coded in words, then three lines in base 85, each deflated (zlib's format, which a browser's
 * DecompressionStream calls `deflate`): the list of words as JSON, the codes, and the numbers.
 */
export async function packText(json: string): Promise<string> {
  const packed = await packParts(json, constants.Z_BEST_COMPRESSION);
  const isDense = json.length > roomOf(packed);
  return (isDense ? await packParts(json, constants.Z_NO_COMPRESSION) : packed).map(encodeBase85).join("\n");
}

/** @param level without compression, words are spelled, too */
async function packParts(json: string, level: number): Promise<Uint8Array[]> {
  const { words, codes, numbers } = codeText(json, { isSpelled: level === constants.Z_NO_COMPRESSION });
  return Promise.all([words, codes, numbers].map((part) => deflateApart(part, { level })));
}

/**
 * The JSON that {@link packText} packed.
 * @param path of the file that it stands in, for messages
 * @throws SimvlmError `broken-report` for what was not packed like this, down to its last byte
 */
export function unpackText(text: string, path: string): string {
  try {
    const packed = text.split("\n").map(decodeBase85);
    if (packed.length !== 3) throw new Error("they are not three lines");
    const room = Math.min(LONGEST, roomOf(packed));
    const [words, codes, numbers] = packed.map((part) => inflateWhole(part, room)) as [Buffer, Buffer, Buffer];
    return decodeText({ words, codes, numbers }, room);
  } catch (cause) {
    const isLong = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const problem = isLong ? "they are far longer than any report's" : (cause as Error).message;
    throw new SimvlmError(
      "broken-report",
      `${path}: its data cannot be unpacked: ${problem}. It was changed or damaged.`,
      { cause },
    );
  }
}

function inflateWhole(packed: Uint8Array, maxOutputLength: number): Buffer {
  // With `info`, Node gives more than its types say.
  const { buffer, engine } = inflateSync(packed, { maxOutputLength, info: true }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  if (engine.bytesWritten === packed.length) return buffer;
  throw new Error("something stands after them");
}

function roomOf(packed: readonly Uint8Array[]): number {
  return ANY_ROOM + MOST_RATIO * packed.reduce((sum, { length }) => sum + length, 0);
}
