import { SimvlmError } from "@simvlm/metrics";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { decodeBmp, readBmpSize } from "./bmp.js";
import { type ImageFormat, requireFormat } from "./image-format.js";
import { type ImageSource, imageName, readImage } from "./image-source.js";
import type { RgbImage, Size } from "./rgb-image.js";
import { sharp } from "./sharp.js";

/** A picture whose header has been read and whose size is allowed. */
export interface OpenedImage {
  readonly name: string;
  readonly format: ImageFormat;
  /** Absent for what sharp cannot read, which is RGB then. */
  readonly metadata?: Metadata;
  /** As it is seen, orientation applied. */
  readonly size: Size;
  /** Begins to decode. */
  open(options?: SharpOptions): Sharp;
}

/** The formats that pictures are written in. */
export type EncodedType = "image/png" | "image/jpeg";

/** Pictures with more pixels are refused before they are decoded, unless one says otherwise. */
const MOST_PIXELS = 64_000_000;
/** Cyan, magenta, yellow, black and transparency. */
const MOST_CHANNELS = 5;
/** In seconds: ten times what the largest pictures take on a slow machine. */
const LONGEST_DECODING = 30;
/** `timeout: 40% complete` */
const SHARP_TIMEOUT = /: timeout: \d+% complete/;

/**
 * Reads a picture's header. What it is decides its content, whatever the file is called.
 * @throws SimvlmError `missing-image`, `lfs-pointer`, `broken-image`, `image-too-large`; each names the file
 */
export async function openImage(source: ImageSource, maxPixels = MOST_PIXELS): Promise<OpenedImage> {
  const name = imageName(source);
  const bytes = await readImage(source);
  const format = requireFormat(bytes, name);
  if (format === "BMP") {
    const size = await readOrBreak(name, () => readBmpSize(bytes));
    requireFewPixels(name, size, maxPixels);
    const { data, ...raw } = await readOrBreak(name, () => decodeBmp(bytes));
    return { name, format, size, open: () => sharp(data, { raw: { ...raw, channels: 3 } }) };
  }
  const usual = { failOn: "error", pages: 1 } as const;
  const metadata = await readOrBreak(name, () => sharp(bytes, { ...usual, limitInputPixels: false }).metadata());
  requireFewPixels(name, metadata.autoOrient, maxPixels);
  if (metadata.channels > MOST_CHANNELS) throw broken(name, new Error(`it has ${metadata.channels} channels`));
  return {
    name,
    format,
    metadata,
    size: metadata.autoOrient,
    open: (options) => sharp(bytes, { ...usual, limitInputPixels: maxPixels, ...options }),
  };
}

/**
 * The 8-bit pixels that sharp gives, of as many channels as its colour space has.
 * @param seconds that it may take
 * @throws SimvlmError `broken-image`, `slow-image`
 */
export async function decodePixels(name: string, image: Sharp, seconds = LONGEST_DECODING): Promise<RgbImage> {
  const limited = image.timeout({ seconds }).raw({ depth: "uchar" });
  const { data, info } = await finishInTime(name, seconds, () => limited.toBuffer({ resolveWithObject: true }));
  return { width: info.width, height: info.height, data };
}

/**
 * A picture's file as sharp writes it.
 * @throws SimvlmError `broken-image`, `slow-image`
 */
export async function encodePixels(name: string, image: Sharp, type: EncodedType): Promise<Uint8Array> {
  const limited = image.timeout({ seconds: LONGEST_DECODING });
  const encoded = type === "image/png" ? limited.png() : limited.jpeg({ quality: 95, chromaSubsampling: "4:4:4" });
  return finishInTime(name, LONGEST_DECODING, () => encoded.toBuffer());
}

/** A process that slept while it decoded is out of time, too, so that only what is slow twice is slow. */
async function finishInTime<T>(name: string, seconds: number, work: () => Promise<T>): Promise<T> {
  const isLate = (error: unknown) => error instanceof SimvlmError && SHARP_TIMEOUT.test(error.message);
  try {
    return await readOrBreak(name, work);
  } catch (error) {
    if (!isLate(error)) throw error;
  }
  return readOrBreak(name, work).catch((error: SimvlmError) => {
    if (!isLate(error)) throw error;
    throw new SimvlmError(
      "slow-image",
      `${name} takes more than ${seconds} s to decode. Make it smaller, or convert it to a plain JPEG.`,
      { cause: error },
    );
  });
}

function requireFewPixels(name: string, { width, height }: Size, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new SimvlmError(
    "image-too-large",
    `${name} is ${width} × ${height} pixels; the limit is ${maxPixels} pixels. Make it smaller.`,
  );
}

async function readOrBreak<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    throw broken(name, cause);
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
