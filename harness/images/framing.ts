import type { Random } from "../random.js";
import type { StillPillowFraming } from "./pillow-frame.js";

/**
 * Which part of a picture becomes the model's square of `size` × `size` pixels. `stretch` keeps the whole picture but
 * not its proportions; `center-crop` scales the shorter side to `size` and cuts out the middle; `random-crop` is the
 * augmentation of training, see {@link sampleCrop}.
 */
export type Framing =
  | StillFraming
  | ({ readonly kind: "random-crop"; readonly size: number; readonly random: Random } & CropRange);

/** The framings without chance: how a picture is shown to a trained model. */
export interface StillFraming {
  readonly kind: "stretch" | "center-crop";
  readonly size: number;
}

/** How large and how elongated random crops may be. The defaults are those of torchvision's `RandomResizedCrop`. */
export interface CropRange {
  /** The least and the greatest share of the picture's area that a crop may take. Default [0.08, 1]. */
  readonly scale?: readonly [least: number, most: number];
  /** The least and the greatest width divided by height. Default [3/4, 4/3]. */
  readonly ratio?: readonly [least: number, most: number];
}

/** A rectangle in pixels; `left` and `top` are counted from the picture's top left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a framed picture's side, at most. */
export const LARGEST_SIDE = 16_384;

const SCALE = [0.08, 1] as const;
const RATIO = [3 / 4, 4 / 3] as const;
const ATTEMPTS = 10;

/**
 * The random part of a "random resized crop", sampled as torchvision's `RandomResizedCrop.get_params` does: area uniform
 * in `scale`, aspect ratio log-uniform in `ratio`, ten attempts to fit, then the largest central box of a permitted ratio.
 */
export function sampleCrop(
  width: number,
  height: number,
  random: Random,
  { scale = SCALE, ratio = RATIO }: CropRange = {},
): Box {
  const uniform = (least: number, most: number): number => least + (most - least) * random.next();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * uniform(...scale);
    const aspect = Math.exp(uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const cropWidth = Math.round(Math.sqrt(area * aspect));
    const cropHeight = Math.round(Math.sqrt(area / aspect));
    if (cropWidth < 1 || cropHeight < 1 || cropWidth > width || cropHeight > height) continue;
    const top = random.integer(height - cropHeight + 1);
    const left = random.integer(width - cropWidth + 1);
    return { left, top, width: cropWidth, height: cropHeight };
  }
  const aspect = Math.min(Math.max(width / height, ratio[0]), ratio[1]);
  const cropWidth = Math.max(1, Math.min(width, Math.round(height * aspect)));
  const cropHeight = Math.max(1, Math.min(height, Math.round(width / aspect)));
  return {
    left: Math.floor((width - cropWidth) / 2),
    top: Math.floor((height - cropHeight) / 2),
    width: cropWidth,
    height: cropHeight,
  };
}

/** Pixels of a side that a picture is shown with, at least where it is cropped. */
export const SHOWN_SIDE = 448;

/** The same part of a picture, at a multiple of the model's size that a person can look at. */
export function enlargeFraming<Framing extends StillFraming | StillPillowFraming>(framing: Framing): Framing {
  const times = Math.max(1, Math.floor(SHOWN_SIDE / framing.size));
  const size = times * framing.size;
  if (!("resize" in framing)) return { ...framing, size };
  const { resize } = framing;
  if (resize === "none") return framing;
  const resized =
    "width" in resize
      ? { width: times * resize.width, height: times * resize.height }
      : { shorterSide: times * resize.shorterSide };
  return { ...framing, size, resize: resized };
}
