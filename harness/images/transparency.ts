import { fillAround, type GifFrame } from "./gif.js";
import type { PerChannel } from "./normalize.js";
import type { RgbImage } from "./rgb-image.js";

/** What becomes of the one colour that a PNG or a GIF calls transparent: it stays as it is, or is made white. */
export type TransparentColour = "kept" | "white";

/**
 * Makes what lies below the transparency of a picture, its colours dropped by nobody, what the reference implementation
 * sees there. Nothing here needs Node.js or a browser.
 * @param bytes the file
 * @param gif its first frame, if it is a GIF
 */
export function settleTransparency(
  image: RgbImage,
  bytes: Uint8Array,
  gif: GifFrame | undefined,
  transparentColour: TransparentColour,
): void {
  if (gif) fillAround(image, gif);
  const colour = gif ? gif.transparentColour : findPngTransparentColour(bytes);
  if (transparentColour === "white" && colour) whiten(image.data, colour);
}

function whiten(data: Uint8Array, [red, green, blue]: PerChannel): void {
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) data.fill(255, i, i + 3);
  }
}

/* The part of PNG that says that one colour is transparent (https://www.w3.org/TR/png-3/#11tRNS). */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KIND = { grey: 0, rgb: 2, palette: 3 } as const;

/**
 * The one colour that a PNG calls transparent, in 8 bits, as Pillow takes it: not where several colours are, or one is
 * in part, and not for 16 bits of grey. Greys of few bits are not scaled, and of 16 bits of colour the lower 8 are taken,
 * so that hardly anything has such a colour; that is Pillow's own slip.
 */
function findPngTransparentColour(bytes: Uint8Array): PerChannel | undefined {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return undefined;
  const chunks = listChunks(bytes);
  const transparency = chunks.get("tRNS");
  if (!transparency) return undefined;
  const [depth, kind] = [bytes[24]!, bytes[25]!];
  const [first = 0, grey = 0, , green = 0, , blue = 0] = transparency;
  switch (kind) {
    case KIND.grey: {
      const isDark = first === 0 && grey === 0;
      return depth === 16 || (depth === 1 && !isDark) ? undefined : [grey, grey, grey];
    }
    case KIND.rgb:
      return [grey, green, blue];
    case KIND.palette: {
      const index = transparency.indexOf(0);
      const others = transparency.filter((alpha, i) => i !== index && alpha !== 255);
      if (index < 0 || others.length > 0) return undefined;
      const [r = 0, g = 0, b = 0] = chunks.get("PLTE")?.subarray(3 * index, 3 * index + 3) ?? [];
      return [r, g, b];
    }
    default:
      return undefined;
  }
}

/** What comes before the pixels, by its name. */
function listChunks(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array>();
  let at = SIGNATURE.length;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "IDAT") break;
    chunks.set(name, bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return chunks;
}
