import { SimvlmError } from "@simvlm/metrics";
import type { Sharp } from "sharp";
import { type Framing, LARGEST_SIDE, sampleCrop } from "./framing.js";
import type { ImageSource } from "./image-source.js";
import { decodePixels, openImage } from "./open-image.js";
import type { RgbImage, Size } from "./rgb-image.js";

/** Which part of a picture is decoded, how it is resized, and how large it may be. */
export interface DecodeOptions {
  /** Default: the whole picture in its own size. */
  readonly framing?: Framing;
  /**
   * The resampling filter, widened when a picture shrinks, as in Pillow (antialiasing). Default bicubic (Catmull-Rom).
   */
  readonly kernel?: "bicubic" | "bilinear";
  /** Pictures with more pixels are refused before they are decoded. Default 64 million. */
  readonly maxPixels?: number | undefined;
}

const KERNELS = { bicubic: "cubic", bilinear: "linear" } as const;

/**
 * Decodes JPEG, PNG, WebP, GIF, AVIF, TIFF and BMP, as the content shows it, to upright RGB: EXIF orientation
 * applied, embedded colour profiles, CMYK, grey and 16 bits converted to 8-bit sRGB, transparency laid over white, the
 * first frame of an animation.
 * @throws SimvlmError `missing-image`, `broken-image` (not an image, damaged or cut short), `image-too-large`,
 * `bad-option`; each names the file
 */
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  const { framing, kernel = "bicubic", maxPixels } = options;
  if (framing !== undefined) checkSize(framing.size);
  const { name, size, open } = await openImage(source, maxPixels);
  const upright = open().autoOrient();
  const framed = framing === undefined ? upright : frame(upright, framing, KERNELS[kernel], size);
  return decodePixels(name, framed.flatten({ background: "white" }).toColourspace("srgb"));
}

function checkSize(size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIDE) return;
  throw new SimvlmError("bad-option", `The image size is ${size}, not an integer from 1 to ${LARGEST_SIDE}.`);
}

function frame(upright: Sharp, framing: Framing, kernel: "cubic" | "linear", { width, height }: Size): Sharp {
  // Without fastShrinkOnLoad a large JPEG is still decoded at a reduced size, but never below twice the target,
  // so that the kernel does the last step.
  const stretch = { width: framing.size, height: framing.size, fit: "fill", kernel, fastShrinkOnLoad: false } as const;
  switch (framing.kind) {
    case "stretch":
      return upright.resize(stretch);
    case "center-crop":
      return upright.resize({ ...stretch, fit: "cover", position: "centre" });
    case "random-crop":
      return upright.extract(sampleCrop(width, height, framing.random, framing)).resize(stretch);
  }
}
