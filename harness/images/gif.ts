import type { Box } from "./framing.js";
import type { PerChannel } from "./normalize.js";
import type { RgbImage } from "./rgb-image.js";

/* What GIF89a says of its first frame (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). */

const SIGNATURE = [0x47, 0x49, 0x46];
const SCREEN_DESCRIPTOR_END = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE_DESCRIPTOR = 0x2c;
const TRANSPARENT = 1;
const HAS_TABLE = 0x80;

/** The first frame of a GIF as Pillow sees it, which drops transparency. */
export interface GifFrame {
  /** The file's bytes, with no colour called transparent, so that a decoder gives the colours of what was. */
  readonly opaque: Uint8Array;
  /** The colour that was called transparent. */
  readonly transparentColour?: PerChannel;
  /** Where the frame lies. */
  readonly box: Box;
  /** The colour around it. */
  readonly around: PerChannel;
}

/** Undefined for what is no GIF, or a damaged one. */
export function readGifFrame(bytes: Uint8Array): GifFrame | undefined {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return undefined;
  let at = SCREEN_DESCRIPTOR_END + tableBytes(bytes[10]!);
  let flagsAt: number | undefined;
  while (bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL) flagsAt = at + 3;
    at += 2;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    at++;
  }
  if (bytes[at] !== IMAGE_DESCRIPTOR || at + 10 > bytes.length) return undefined;
  const table = tableBytes(bytes[at + 9]!) > 0 ? at + 10 : SCREEN_DESCRIPTOR_END;
  const colourOf = (index: number): PerChannel => {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(table + 3 * index, table + 3 * index + 3);
    return [red, green, blue];
  };
  const [left, top, width, height] = [1, 3, 5, 7].map((place) => bytes[at + place]! + 256 * bytes[at + place + 1]!);
  const box = { left: left!, top: top!, width: width!, height: height! };
  if (flagsAt === undefined || (bytes[flagsAt]! & TRANSPARENT) === 0) {
    return { opaque: bytes, box, around: colourOf(0) };
  }
  const transparentColour = colourOf(bytes[flagsAt + 3]!);
  const opaque = Uint8Array.from(bytes);
  opaque[flagsAt]! &= ~TRANSPARENT;
  return { opaque, transparentColour, box, around: transparentColour };
}

/** How long the colour table is that these flags announce. */
function tableBytes(flags: number): number {
  return (flags & HAS_TABLE) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Fills what the frame does not cover. */
export function fillAround({ width, height, data }: RgbImage, { box, around }: GifFrame): void {
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  if (box.left === 0 && box.top === 0 && right >= width && bottom >= height) return;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const covered = x >= box.left && x < right && y >= box.top && y < bottom;
      if (!covered) data.set(around, 3 * (y * width + x));
    }
  }
}
