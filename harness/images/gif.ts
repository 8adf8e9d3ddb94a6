import type { PerChannel } from "./normalize.js";

/* The part of GIF89a that says which colour of the first frame is transparent (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). */

const SIGNATURE = [0x47, 0x49, 0x46];
const SCREEN_DESCRIPTOR_END = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE_DESCRIPTOR = 0x2c;
const TRANSPARENT = 1;
const HAS_TABLE = 0x80;

/** What a GIF says of transparency in its first frame. */
interface GifTransparency {
  /** Where the byte is that says so. */
  readonly flagsAt: number;
  /** The transparent colour, as the palette has it. */
  readonly colour: PerChannel;
}

/**
 * A GIF whose first frame says of no colour that it is transparent, so that a decoder gives the colours of what was:
 * whoever drops transparency, as Pillow does, sees them. Other bytes come back as they are.
 */
export function withoutTransparency(bytes: Uint8Array): Uint8Array {
  const found = findTransparency(bytes);
  if (!found) return bytes;
  const opaque = Uint8Array.from(bytes);
  opaque[found.flagsAt]! &= ~TRANSPARENT;
  return opaque;
}

/** The colour that a GIF's first frame calls transparent. */
export function findGifTransparentColour(bytes: Uint8Array): PerChannel | undefined {
  return findTransparency(bytes)?.colour;
}

function findTransparency(bytes: Uint8Array): GifTransparency | undefined {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return undefined;
  const globalTable = tableBytes(bytes[10]!);
  let at = SCREEN_DESCRIPTOR_END + globalTable;
  let flagsAt: number | undefined;
  while (bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL) flagsAt = at + 3;
    at += 2;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    at++;
  }
  if (flagsAt === undefined || (bytes[flagsAt]! & TRANSPARENT) === 0 || bytes[at] !== IMAGE_DESCRIPTOR)
    return undefined;
  const index = bytes[flagsAt + 3]!;
  const table = tableBytes(bytes[at + 9]!) > 0 ? at + 10 : SCREEN_DESCRIPTOR_END;
  const [red = 0, green = 0, blue = 0] = bytes.subarray(table + 3 * index, table + 3 * index + 3);
  return { flagsAt, colour: [red, green, blue] };
}

/** How long the colour table is that these flags announce. */
function tableBytes(flags: number): number {
  return (flags & HAS_TABLE) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
