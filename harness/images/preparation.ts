import type { DecodeOptions } from "./decode.js";
import type { StillFraming } from "./framing.js";
import type { Normalization, PerChannel } from "./normalize.js";
import type { StillPillowFraming } from "./pillow-frame.js";
import type { PillowKernel } from "./pillow-kernels.js";
import type { TransparentColour } from "./transparency.js";

/**
 * Which picture a published model is shown. `reference`: what the reference implementation sees of a file that Pillow
 * opened, see `decodeReference`. `upright`: what a person sees, turned as EXIF says, its colour profile applied and
 * transparency laid over white, see `decodeImage`.
 */
export const PREPROCESSINGS = ["reference", "upright"] as const;
/** One of {@link PREPROCESSINGS}. */
export type Preprocessing = (typeof PREPROCESSINGS)[number];

/** How our own models have pictures made ready: upright, framed by sharp. */
export interface OwnPreparation extends Normalization, Pick<DecodeOptions, "kernel"> {
  readonly framing: StillFraming;
  readonly preprocessing?: undefined;
}

/** How a published model has pictures made ready, as its preprocessor_config.json says: framed by Pillow's arithmetic. */
export interface PublishedPreparation {
  readonly preprocessing: Preprocessing;
  /** In the mode `reference`. */
  readonly transparentColour: TransparentColour;
  readonly framing: StillPillowFraming;
  readonly kernel: PillowKernel;
  /** What 8-bit values are multiplied by. */
  readonly rescale: number;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** How pictures are made ready for a model; `loadImages` takes it as it is. */
export type Preparation = OwnPreparation | PublishedPreparation;
