import { frameAsSharp } from "./frame-as-sharp.js";
import { type NormalizedImage, normalizeImage } from "./normalize.js";
import { frameWithPillow } from "./pillow-frame.js";
import type { Preparation } from "./preparation.js";
import type { RgbImage } from "./rgb-image.js";

/**
 * A decoded, upright picture as a model takes it, where there is no sharp: in a browser. Pixels are those that
 * `loadImage` gives, to the bit, but for JPEGs of four times the model's size and more, which sharp decodes at a reduced
 * size: theirs are up to a dozen levels of 255 away, less than one on average.
 */
export function preparePixels(picture: RgbImage, preparation: Preparation): NormalizedImage {
  const framed =
    preparation.preprocessing === undefined
      ? frameAsSharp(picture, preparation.framing, preparation.kernel ?? "bicubic")
      : frameWithPillow(picture, preparation.framing, preparation.kernel);
  return normalizeImage(framed, preparation);
}
