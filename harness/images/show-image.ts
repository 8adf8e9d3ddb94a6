import { decodeImage } from "./decode.js";
import { decodeReference } from "./decode-reference.js";
import type { ImageSource } from "./image-source.js";
import { frameWithPillow, type StillPillowFraming } from "./pillow-frame.js";
import type { Preparation } from "./preparation.js";
import type { RgbImage } from "./rgb-image.js";

/** Pixels of a side that a picture is shown with, at least where it is cropped. */
const SHOWN = 448;

/**
 * What a model sees of a picture, for a person to look at: in its own proportions where the model stretches it, and cut
 * out where the model sees the middle alone; so patches lie where the model has them. A crop is shown at a multiple of
 * the model's size.
 * @throws SimvlmError `missing-image`, `broken-image`, `image-too-large`
 */
export async function showImage(source: ImageSource, preparation: Preparation): Promise<RgbImage> {
  const { preprocessing, framing, kernel } = preparation;
  const times = Math.max(1, Math.floor(SHOWN / framing.size));
  if (preprocessing === undefined) {
    if (framing.kind === "stretch") return decodeImage(source);
    return decodeImage(source, { framing: { ...framing, size: times * framing.size }, ...(kernel && { kernel }) });
  }
  const { width, height, data } = await (preprocessing === "reference"
    ? decodeReference(source, preparation)
    : decodeImage(source));
  const picture = { width, height, data };
  return framing.kind === "stretch" ? picture : frameWithPillow(picture, enlarge(framing, times), kernel);
}

function enlarge(
  { kind, size, resize }: StillPillowFraming & { kind: "center-crop" },
  times: number,
): StillPillowFraming {
  if (resize === "none") return { kind, size, resize };
  const resized =
    "width" in resize
      ? { width: times * resize.width, height: times * resize.height }
      : { shorterSide: times * resize.shorterSide };
  return { kind, size: times * size, resize: resized };
}
