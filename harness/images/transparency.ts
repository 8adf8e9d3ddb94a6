import { fillAround, type GifFrame } from "./gif.js";
import type { PerChannel } from "./normalize.js";
import { findPngTransparentColour } from "./png.js";
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
