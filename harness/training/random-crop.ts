import type { LoadOptions } from "../images/load-image.js";
import type { Preparation } from "../images/preparation.js";
import type { Random } from "../random.js";

/** A crop's proportions: a thing must stay what it is. */
const RATIO = [0.9, 1 / 0.9] as const;

/**
 * How a picture is prepared for training: as the model takes it, but cropped at random.
 * @param least the least share of the picture that a crop shows
 */
export function cropAtRandom({ framing, ...preparation }: Preparation, least: number, random: Random): LoadOptions {
  return {
    ...preparation,
    framing: { kind: "random-crop", size: framing.size, random, scale: [least, 1], ratio: RATIO },
  };
}
