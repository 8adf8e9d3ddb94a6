import { existsSync } from "node:fs";
import { fileInside } from "../../files/inside.js";
import { holdingFile } from "../../files/parquet-cells.js";
import { decodeImage } from "../../images/decode.js";
import type { RgbImage } from "../../images/rgb-image.js";
import { sharp } from "../../images/sharp.js";

/** How large thumbnails are, and how strongly they are compressed. */
export interface ThumbnailOptions {
  /** The longer side in pixels; default 88. Smaller pictures stay as they are. */
  readonly size?: number;
  /** JPEG quality, 1 to 100; default 72. */
  readonly quality?: number;
}

const DEFAULTS = { size: 88, quality: 72 } as const;

/**
 * A small JPEG as a `data:` address.
 * @param picture a file, the bytes of one, or pixels
 * @throws SimvlmError what `decodeImage` throws
 */
export async function thumbnail(
  picture: string | Uint8Array | RgbImage,
  options: ThumbnailOptions = {},
): Promise<string> {
  return addressOf(await shrink(picture, options));
}

/** A JPEG as a `data:` address. */
export function addressOf(jpeg: Buffer): string {
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
}

/** {@link thumbnail} as the bytes of a file. */
export async function shrink(picture: string | Uint8Array | RgbImage, options: ThumbnailOptions = {}): Promise<Buffer> {
  const { size, quality } = { ...DEFAULTS, ...options };
  const { width, height, data } = await decode(picture);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: size, height: size, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality })
    .toBuffer();
}

async function decode(picture: string | Uint8Array | RgbImage): Promise<RgbImage> {
  if (typeof picture === "string") return decodeImage(picture);
  return picture instanceof Uint8Array ? decodeImage({ name: "the picture", bytes: picture }) : picture;
}

/**
 * Thumbnails of the pictures in a folder, by their names; pictures that are not there are left out.
 * @throws SimvlmError `unsafe-path` for a name that leads elsewhere, and what {@link decodeImage} throws
 */
export async function loadThumbnails(
  folder: string,
  names: Iterable<string>,
  options: ThumbnailOptions = {},
): Promise<Map<string, string>> {
  const thumbnails = new Map<string, string>();
  for (const name of new Set(names)) {
    const path = fileInside(folder, name, "the comparison", folder);
    if (existsSync(holdingFile(path))) thumbnails.set(name, await thumbnail(path, options));
  }
  return thumbnails;
}
