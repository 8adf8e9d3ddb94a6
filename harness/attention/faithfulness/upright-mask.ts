import { SimvlmError } from "@simvlm/metrics";
import type { Mask } from "../../formats/run-length.js";
import { type ImageSource, imageName } from "../../images/image-source.js";
import { openImage } from "../../images/open-image.js";
import type { Preparation } from "../../images/preparation.js";
import type { Size } from "../../images/rgb-image.js";

/** Up to here sizes are in the same proportions: of a thumbnail a rounded pixel is much. */
const ROUNDING = 0.03;

/** EXIF's orientations that exchange width and height. */
const isSideways = (orientation: number): boolean => orientation > 4;

/**
 * How masks are to be turned, as one of EXIF's orientations, so that they lie as the model sees their picture. Masks are
 * of the picture as it is stored, as COCO's are, unless only the upright one has their proportions.
 * @param masks the size of what masks were drawn on
 * @throws SimvlmError `wrong-schema` for masks in other proportions than the picture's, and as `openImage`
 */
export async function findMaskTurn(
  picture: ImageSource,
  masks: Size,
  { preprocessing }: Pick<Preparation, "preprocessing">,
): Promise<number> {
  const { size, metadata, format } = await openImage(picture);
  const orientation = metadata?.orientation ?? 1;
  const isTurned = preprocessing !== "reference" || format === "TIFF";
  const stored = isSideways(orientation) ? { width: size.height, height: size.width } : size;
  if (fits(masks, stored)) return isTurned ? orientation : 1;
  if (isTurned && fits(masks, size)) return 1;
  const seen = isTurned ? size : stored;
  throw new SimvlmError(
    "wrong-schema",
    `The masks of ${imageName(picture)} are for a picture of ${masks.width} × ${masks.height} pixels, but it has ${seen.width} × ${seen.height}. They are another picture's, or one of the two was cut.`,
  );
}

function fits(masks: Size, picture: Size): boolean {
  const ratio = (masks.width * picture.height) / (masks.height * picture.width);
  const pixels = 1 / Math.min(picture.width, picture.height) + 1 / Math.min(masks.width, masks.height);
  return Math.abs(Math.log(ratio)) <= Math.max(ROUNDING, pixels);
}

/** A mask, turned as one of EXIF's orientations says. */
export function turnMask(mask: Mask, orientation: number): Mask {
  if (orientation === 1) return mask;
  const [width, height] = isSideways(orientation) ? [mask.height, mask.width] : [mask.width, mask.height];
  const [right, bottom] = [mask.width - 1, mask.height - 1];
  const pixels = Uint8Array.from({ length: width * height }, (_, place) => {
    const [x, y] = [place % width, Math.floor(place / width)];
    const [u, v] = isSideways(orientation) ? [y, x] : [x, y];
    const isMirrored = [2, 3, 7, 8].includes(orientation);
    const isFlipped = [3, 4, 6, 7].includes(orientation);
    return mask.pixels[(isFlipped ? bottom - v : v) * mask.width + (isMirrored ? right - u : u)]!;
  });
  return { width, height, pixels };
}
