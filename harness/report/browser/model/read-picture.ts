import { frameAsSharp } from "../../../images/frame-as-sharp.js";
import { enlargeFraming, SHOWN_SIDE } from "../../../images/framing.js";
import { readGifFrame } from "../../../images/gif.js";
import { frameWithPillow } from "../../../images/pillow-frame.js";
import type { Preparation } from "../../../images/preparation.js";
import type { RgbImage } from "../../../images/rgb-image.js";
import { settleTransparency, type TransparentColour } from "../../../images/transparency.js";
import { readBelowAlpha } from "./below-alpha.js";
import { hasInks, withoutOrientation } from "./picture-file.js";

/** Pictures with more pixels are refused, as everywhere. */
const MOST_PIXELS = 64_000_000;

/** A picture as the model's program takes it, and what of it the model sees, to be shown. */
export interface ReadPicture {
  readonly pixels: RgbImage;
  readonly shown: HTMLImageElement;
}

/**
 * Decodes a picture as the model is shown it: upright sRGB laid over white, or what the reference implementation sees.
 * @throws Error for what the browser cannot read, or not as the command line does, and for a picture that is too large
 */
export async function readPicture(file: Blob, name: string, preparation: Preparation): Promise<ReadPicture> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (hasInks(bytes)) {
    throw new Error(`${name} is a JPEG for printers (CMYK), which browsers show in other colours. Save it as RGB.`);
  }
  const pixels = await (preparation.preprocessing === "reference"
    ? decodeAsReference(bytes, name, preparation.transparentColour)
    : decodeUpright(bytes, name));
  const shown = new Image();
  shown.src = shrink(toCanvas(seenOf(pixels, preparation))).toDataURL("image/jpeg", 0.9);
  await shown.decode();
  return { pixels, shown };
}

async function decodeUpright(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<RgbImage> {
  const bitmap = await open(bytes, name, { imageOrientation: "from-image" });
  const canvas = makeCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return dropAlpha(canvas, context.getImageData(0, 0, canvas.width, canvas.height).data);
}

/** As `decodeReference` does it: not turned, no colour profile applied, transparency dropped. */
async function decodeAsReference(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  transparentColour: TransparentColour,
): Promise<RgbImage> {
  const gif = readGifFrame(bytes);
  const stored = gif ? new Uint8Array(gif.opaque) : withoutOrientation(bytes);
  const bitmap = await open(stored, name, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const canvas = makeCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const rgba = isOpaque(data) ? data : readBelowAlpha(bitmap);
  bitmap.close();
  if (!rgba) {
    throw new Error(
      `${name} is transparent in parts, and this browser does not tell what is below. Save it without transparency.`,
    );
  }
  const image = dropAlpha(canvas, rgba);
  settleTransparency(image, bytes, gif, transparentColour);
  return image;
}

async function open(bytes: Uint8Array<ArrayBuffer>, name: string, options: ImageBitmapOptions): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(new Blob([bytes]), options).catch(() => {
    throw new Error(`${name} is not a picture that this page can read. JPEG, PNG, WebP, GIF and BMP work everywhere.`);
  });
  const { width, height } = bitmap;
  if (width * height <= MOST_PIXELS) return bitmap;
  bitmap.close();
  throw new Error(
    `${name} is ${width} × ${height} pixels; the limit is ${MOST_PIXELS / 1e6} million. Make it smaller.`,
  );
}

/** What of a picture the model sees: all of it, or its middle, at a size to look at. */
function seenOf(pixels: RgbImage, { preprocessing, framing, kernel }: Preparation): RgbImage {
  if (framing.kind === "stretch") return pixels;
  return preprocessing === undefined
    ? frameAsSharp(pixels, enlargeFraming(framing), kernel ?? "bicubic")
    : frameWithPillow(pixels, enlargeFraming(framing), kernel);
}

function makeCanvas(width: number, height: number): HTMLCanvasElement {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}

function dropAlpha({ width, height }: HTMLCanvasElement, rgba: ArrayLike<number>): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { width, height, data };
}

function toCanvas({ width, height, data }: RgbImage): HTMLCanvasElement {
  const canvas = makeCanvas(width, height);
  const image = new ImageData(width, height);
  const rgba = image.data.fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}

function shrink(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const scale = Math.min(1, SHOWN_SIDE / Math.max(canvas.width, canvas.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const small = makeCanvas(side(canvas.width), side(canvas.height));
  const context = small.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, small.width, small.height);
  return small;
}
