import { type NormalizedImage, normalizeImage } from "./normalize.js";
import { frameWithPillow, type StillPillowFraming } from "./pillow-frame.js";
import type { OwnPreparation, Preparation } from "./preparation.js";
import type { RgbImage } from "./rgb-image.js";

/**
 * A decoded, upright picture as a model takes it, where there is no sharp: in a browser. Published models' own
 * arithmetic is followed to the bit. Our own models' pictures are framed by Pillow's arithmetic in the place of sharp's,
 * with the same kernel: values differ by a level of 255 or two where a picture is resized, and not at all where it has
 * the model's size.
 */
export function preparePixels(picture: RgbImage, preparation: Preparation): NormalizedImage {
  if (preparation.preprocessing !== undefined) {
    return normalizeImage(frameWithPillow(picture, preparation.framing, preparation.kernel), preparation);
  }
  const { framing, kernel = "bicubic" } = preparation;
  return normalizeImage(frameWithPillow(picture, toPillow(framing), kernel), preparation);
}

function toPillow({ kind, size }: OwnPreparation["framing"]): StillPillowFraming {
  return kind === "stretch" ? { kind, size } : { kind, size, resize: { shorterSide: size } };
}
