import { readGifFrame } from "./gif.js";
import { type ImageSource, imageName, readImage } from "./image-source.js";
import { decodePixels, openImage } from "./open-image.js";
import type { RgbImage } from "./rgb-image.js";
import { settleTransparency, type TransparentColour } from "./transparency.js";

/** A picture as the reference implementation sees it. */
export interface ReferenceImage extends RgbImage {
  /** Whether the file says that it is to be turned, which was not done. */
  readonly unturned: boolean;
}

/** How a picture is decoded as the reference implementation does it. */
export interface ReferenceOptions {
  /**
   * Default `kept`. `white` is what becomes of it where the library's processor, version 5, converts to RGB by itself:
   * Pillow remembers the colour through `convert("RGB")`, and the processor lays it over white.
   */
  readonly transparentColour?: TransparentColour;
  /** Pictures with more pixels are refused before they are decoded. Default 64 million. */
  readonly maxPixels?: number | undefined;
}

/**
 * Decodes a picture to what `Image.open(file).convert("RGB")` of Pillow gives: it is not turned as EXIF says (but a TIFF
 * is), transparency is dropped and what is below it shows, colour profiles are not applied, CMYK is converted by
 * subtraction. One thing is better: 16 bits of grey become their upper 8, where Pillow makes nearly everything white.
 * AVIF with halved chroma can differ by some levels, because another decoder smooths it.
 * @throws SimvlmError `missing-image`, `broken-image`, `image-too-large`; each names the file
 */
export async function decodeReference(
  source: ImageSource,
  { transparentColour = "kept", maxPixels }: ReferenceOptions = {},
): Promise<ReferenceImage> {
  const bytes = await readImage(source);
  const gif = readGifFrame(bytes);
  const { name, metadata, open } = await openImage({ name: imageName(source), bytes: gif?.opaque ?? bytes }, maxPixels);
  const space = metadata?.space === "cmyk" ? "cmyk" : "srgb";
  const isTiff = metadata?.format === "tiff";
  const stored = open({ ignoreIcc: true, autoOrient: isTiff });
  const pixels = await decodePixels(name, stored.pipelineColourspace(space).toColourspace(space).removeAlpha());
  const { width, height } = pixels;
  const data = space === "cmyk" ? convertInks(pixels.data, width * height) : pixels.data;
  const image = { width, height, data, unturned: !isTiff && (metadata?.orientation ?? 1) > 1 };
  settleTransparency(image, bytes, gif, transparentColour);
  return image;
}

/** Pillow's `cmyk2rgb` (Convert.c). @param inks `[pixels, 4]` */
function convertInks(inks: Uint8Array, pixels: number): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const light = 255 - inks[4 * pixel + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = inks[4 * pixel + channel]! * light + 128;
      // The product divided by 255 and rounded, in Pillow's way.
      rgb[3 * pixel + channel] = light - (((product >> 8) + product) >> 8);
    }
  }
  return rgb;
}
