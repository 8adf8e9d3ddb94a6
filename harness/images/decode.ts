import { readFile, stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import { type Framing, sampleCrop } from "./framing.js";

/** The path of a picture file, or its bytes and the name that messages call them by. */
export type ImageSource = string | { readonly name: string; readonly bytes: Uint8Array };

/** Pixels in 8-bit sRGB. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
}

/** Which part of a picture is decoded, how it is resized, and how large it may be. */
export interface DecodeOptions {
  /** Default: the whole picture in its own size. */
  readonly framing?: Framing;
  /**
   * The resampling filter, widened when a picture shrinks, as in Pillow (antialiasing). Default bicubic (Catmull-Rom).
   */
  readonly kernel?: "bicubic" | "bilinear";
  /** Pictures with more pixels are refused before they are decoded. Default 64 million. */
  readonly maxPixels?: number;
}

const DEFAULTS = { kernel: "bicubic", maxPixels: 64_000_000 } as const;
const KERNELS = { bicubic: "cubic", bilinear: "linear" } as const;
const LARGEST_SIZE = 16_384;

/**
 * Decodes whatever sharp reads (JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG) to upright RGB: EXIF orientation applied,
 * embedded colour profiles, CMYK, grey and 16 bits converted to 8-bit sRGB, transparency laid over white, the first
 * frame of an animation.
 * @throws SimvlmError `missing-image`, `broken-image` (not an image, damaged or cut short), `image-too-large`,
 * `bad-option`; each names the file
 */
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RgbImage> {
  const { framing, kernel, maxPixels } = { ...DEFAULTS, ...options };
  if (framing !== undefined) checkSize(framing.size);
  const name = imageName(source);
  const bytes = await readBytes(source);
  const header = await readHeader(bytes, name);
  if (header.width * header.height > maxPixels) {
    throw new SimvlmError(
      "image-too-large",
      `${name} is ${header.width} × ${header.height} pixels; the limit is ${maxPixels} pixels. ` +
        "Make it smaller, or raise maxPixels if you trust it.",
    );
  }
  try {
    const upright = open(bytes, { limitInputPixels: maxPixels }).autoOrient();
    const framed = framing === undefined ? upright : frame(upright, framing, KERNELS[kernel], header);
    const { data, info } = await framed
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw broken(name, cause);
  }
}

/** What messages call a picture: its path, or the name given with its bytes. */
export function imageName(source: ImageSource): string {
  return typeof source === "string" ? source : source.name;
}

function checkSize(size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) return;
  throw new SimvlmError("bad-option", `The image size is ${size}, not an integer from 1 to ${LARGEST_SIZE}.`);
}

async function readBytes(source: ImageSource): Promise<Uint8Array> {
  if (typeof source !== "string") return source.bytes;
  return readFile(source).catch((cause: Error) => {
    throw new SimvlmError("missing-image", `Cannot read the image ${source}: ${cause.message}`, { cause });
  });
}

/** Width and height as the picture is seen, orientation applied; from the header, without decoding. */
async function readHeader(bytes: Uint8Array, name: string): Promise<{ width: number; height: number }> {
  try {
    const { autoOrient } = await open(bytes, { limitInputPixels: false }).metadata();
    return autoOrient;
  } catch (cause) {
    throw broken(name, cause);
  }
}

function open(bytes: Uint8Array, options: SharpOptions): Sharp {
  return sharp(bytes, { failOn: "error", pages: 1, ...options });
}

function frame(
  upright: Sharp,
  framing: Framing,
  kernel: "cubic" | "linear",
  { width, height }: { width: number; height: number },
): Sharp {
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

function broken(name: string, cause: unknown): SimvlmError {
  const reason = (cause as Error).message.trim().replace(/\s*\n\s*/g, "; ");
  return new SimvlmError(
    "broken-image",
    `${name} is not a readable image: ${reason}. It may be cut short, damaged or of another kind; fetch it again.`,
    { cause },
  );
}

/**
 * What is wrong with a picture's path, before anything is loaded; undefined when there is a file.
 */
export async function findPathFault(path: string): Promise<SimvlmError | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return undefined;
  if (found?.isDirectory()) {
    return new SimvlmError("image-is-folder", `${path} is a folder: name the pictures in it, such as ${path}/*.jpg`);
  }
  return new SimvlmError("missing-image", `${path}: there is no such picture. Check the path.`);
}
