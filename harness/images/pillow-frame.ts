import type { Random } from "../random.js";
import { type CropRange, sampleCrop } from "./framing.js";
import type { PillowKernel } from "./pillow-kernels.js";
import { cropImage, resample } from "./pillow-resample.js";
import type { RgbImage, Size } from "./rgb-image.js";

/**
 * How a published model's picture becomes a square of `size` × `size` pixels. `stretch` squashes the whole picture;
 * `center-crop` resizes it and cuts out the middle, black where the picture does not reach.
 */
export type StillPillowFraming =
  | { readonly kind: "stretch"; readonly size: number }
  | { readonly kind: "center-crop"; readonly size: number; readonly resize: CropResize };

/** How a picture is resized before its middle is cut out: its shorter side to so many pixels, to a size, or not at all. */
export type CropResize = { readonly shorterSide: number } | Size | "none";

/** The same, and the augmentation of training. */
export type PillowFraming =
  | StillPillowFraming
  | ({ readonly kind: "random-crop"; readonly size: number; readonly random: Random } & CropRange);

/** Frames a picture as Pillow's resampler and the library's `center_crop` do. @returns `size` × `size` pixels */
export function frameWithPillow(image: RgbImage, framing: PillowFraming, kernel: PillowKernel): RgbImage {
  const square = { width: framing.size, height: framing.size };
  switch (framing.kind) {
    case "stretch":
      return resample(image, square, kernel);
    case "center-crop":
      return cropMiddle(image, framing.size, resizedSize(image, framing.resize), kernel);
    case "random-crop": {
      const box = sampleCrop(image.width, image.height, framing.random, framing);
      return resample(cropImage(image, box), square, kernel);
    }
  }
}

/** The longer side is rounded down. */
function resizedSize({ width, height }: Size, resize: CropResize): Size {
  if (resize === "none") return { width, height };
  if ("width" in resize) return resize;
  const { shorterSide } = resize;
  const longer = Math.trunc((shorterSide * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: shorterSide, height: longer } : { width: longer, height: shorterSide };
}

function cropMiddle(image: RgbImage, size: number, resized: Size, kernel: PillowKernel): RgbImage {
  const across = cutMiddle(resized.width, size);
  const down = cutMiddle(resized.height, size);
  const region = { left: across.from, top: down.from, width: across.length, height: down.length };
  const seen = resample(image, resized, kernel, region);
  if (seen.width === size && seen.height === size) return seen;
  const data = new Uint8Array(3 * size * size);
  for (let row = 0; row < seen.height; row++) {
    const line = seen.data.subarray(3 * row * seen.width, 3 * (row + 1) * seen.width);
    data.set(line, 3 * ((down.to + row) * size + across.to));
  }
  return { width: size, height: size, data };
}

/** Which part of a side is seen, and where in the crop it goes. */
function cutMiddle(side: number, size: number): { from: number; to: number; length: number } {
  const offset = Math.floor((side - size) / 2);
  return { from: Math.max(0, offset), to: Math.max(0, -offset), length: Math.min(side, size) };
}
