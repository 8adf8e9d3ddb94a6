import type { Sharp } from "sharp";
import { decodeImage } from "./decode.js";
import type { ImageFormat } from "./image-format.js";
import { type ImageSource, imageName, readImage } from "./image-source.js";
import { decodePixels, type EncodedType, encodePixels, openImage } from "./open-image.js";
import type { Preprocessing } from "./preparation.js";
import { sharp } from "./sharp.js";

/** How pictures are made ready for programs of others, which take few formats. */
export interface ShareOptions {
  /**
   * `upright`: turned as EXIF says. `reference`: files that others know are given as they are, and whoever opens them
   * turns them or does not.
   */
  readonly preprocessing: Preprocessing;
  /** Larger pictures are made smaller; in pixels of the longer side. Default: none are. */
  readonly maxSide?: number | undefined;
}

/** A picture as a file. */
export interface SharedImage {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What everybody takes, and what most do. */
const EVERYWHERE: readonly ImageFormat[] = ["JPEG", "PNG"];
const WIDELY: readonly ImageFormat[] = ["JPEG", "PNG", "WebP", "GIF"];
/** What has lost nothing loses nothing; photographs are JPEG. */
const LOSSLESS: readonly ImageFormat[] = ["PNG", "GIF", "TIFF", "BMP"];

/**
 * A picture as a file that is taken everywhere. Whatever it is, it is decoded: nothing is shared that cannot be read here,
 * within the limits that hold here. JPEG and PNG that stand upright and are not too large are then given as they are, to
 * the byte. Others are made smaller and written anew, with no information about the camera: as PNG what comes of a format
 * without loss, else as JPEG of quality 95; of an animation the first picture.
 * @throws SimvlmError `missing-image`, `lfs-pointer`, `broken-image`, `image-too-large`, `slow-image`; each names the file
 */
export async function shareImage(source: ImageSource, { preprocessing, maxSide }: ShareOptions): Promise<SharedImage> {
  const bytes = await readImage(source);
  const { name, format, metadata, size, open } = await openImage({ name: imageName(source), bytes });
  const isSmall = maxSide === undefined || Math.max(size.width, size.height) <= maxSide;
  const isUpright = (metadata?.orientation ?? 1) <= 1;
  const isStill = (metadata?.pages ?? 1) === 1;
  const isKnown = preprocessing === "reference" ? WIDELY.includes(format) : EVERYWHERE.includes(format) && isUpright;
  if (isKnown && isSmall && isStill) {
    await decodePixels(name, open());
    return { type: `image/${format.toLowerCase()}`, bytes };
  }
  const type: EncodedType = LOSSLESS.includes(format) ? "image/png" : "image/jpeg";
  const upright = open().autoOrient().flatten({ background: "white" }).toColourspace("srgb");
  return { type, bytes: await encodePixels(name, isSmall ? upright : shrink(upright, maxSide), type) };
}

function shrink(image: Sharp, maxSide: number): Sharp {
  const fit = { fit: "inside", kernel: "cubic", fastShrinkOnLoad: false, withoutEnlargement: true } as const;
  return image.resize({ ...fit, width: maxSide, height: maxSide });
}

/** Pixels of white between pictures side by side. */
const GAP = 16;

/**
 * Several pictures as one, from left to right on white, each as high as the lowest; JPEG.
 * @throws SimvlmError as {@link shareImage}
 */
export async function joinImages(sources: readonly ImageSource[], { maxSide }: ShareOptions): Promise<SharedImage> {
  const decoded = await Promise.all(sources.map((source) => decodeImage(source)));
  const height = Math.min(...decoded.map((image) => image.height));
  const name = sources.map(imageName).join(" and ");
  const scaled = await Promise.all(
    decoded.map(({ data, width, height: own }) => {
      const image = sharp(data, { raw: { width, height: own, channels: 3 } });
      const fit = { fit: "fill", kernel: "cubic" } as const;
      return decodePixels(
        name,
        own === height
          ? image
          : image.resize({ ...fit, height, width: Math.max(1, Math.round((width * height) / own)) }),
      );
    }),
  );
  let left = 0;
  const placed = scaled.map(({ data, width }) => {
    const piece = { input: Buffer.from(data), raw: { width, height, channels: 3 as const }, left, top: 0 };
    left += width + GAP;
    return piece;
  });
  const canvas = sharp({ create: { width: left - GAP, height, channels: 3, background: "white" } })
    .composite(placed)
    .removeAlpha();
  const joined = await decodePixels(name, canvas);
  const { data, ...size } = joined;
  const image = sharp(data, { raw: { ...size, channels: 3 } });
  const isSmall = maxSide === undefined || Math.max(size.width, size.height) <= maxSide;
  const bytes = await encodePixels(name, isSmall ? image : shrink(image, maxSide), "image/jpeg");
  return { type: "image/jpeg", bytes };
}
