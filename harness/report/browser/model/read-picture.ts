import type { StillFraming } from "../../../images/framing.js";
import type { RgbImage } from "../../../images/rgb-image.js";

/** Pictures with more pixels are refused, as everywhere. */
const MOST_PIXELS = 64_000_000;
/** Pixels of a side that a picture is shown with. */
const SHOWN = 448;

/** A picture as the model's program takes it, and what of it the model sees, to be shown. */
export interface ReadPicture {
  readonly pixels: RgbImage;
  readonly shown: HTMLImageElement;
}

/**
 * Decodes a picture to upright sRGB, laid over white.
 * @throws Error for what the browser cannot read, and for one that is too large
 */
export async function readPicture(file: Blob, name: string, framing: Pick<StillFraming, "kind">): Promise<ReadPicture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new Error(
      `${name} is not a picture that this browser can read. JPEG, PNG, WebP, GIF and BMP work everywhere.`,
    );
  });
  const { width, height } = bitmap;
  if (width * height > MOST_PIXELS) {
    bitmap.close();
    throw new Error(
      `${name} is ${width} × ${height} pixels; the limit is ${MOST_PIXELS / 1e6} million. Make it smaller.`,
    );
  }
  const canvas = paint(bitmap, { left: 0, top: 0, width, height }, { width, height });
  const pixels = withoutAlpha(canvas);
  const box = boxOf(framing, width, height);
  const scale = Math.min(1, SHOWN / Math.max(box.width, box.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const shown = new Image();
  shown.src = paint(bitmap, box, { width: side(box.width), height: side(box.height) }).toDataURL("image/jpeg", 0.9);
  bitmap.close();
  await shown.decode();
  return { pixels, shown };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What of a picture the model sees: all of it, or the square in its middle. */
function boxOf({ kind }: Pick<StillFraming, "kind">, width: number, height: number): Box {
  if (kind === "stretch") return { left: 0, top: 0, width, height };
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side };
}

function paint(bitmap: ImageBitmap, box: Box, { width, height }: { width: number; height: number }): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, box.left, box.top, box.width, box.height, 0, 0, width, height);
  return canvas;
}

function withoutAlpha(canvas: HTMLCanvasElement): RgbImage {
  const { width, height } = canvas;
  const { data: rgba } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { width, height, data };
}
