import { decodeImage } from "./decode.js";
import { decodeReference } from "./decode-reference.js";
import { enlargeFraming } from "./framing.js";
import type { ImageSource } from "./image-source.js";
import { frameWithPillow } from "./pillow-frame.js";
import type { Preparation } from "./preparation.js";
import type { RgbImage } from "./rgb-image.js";

/**
 * What a model sees of a picture, for a person to look at: in its own proportions where the model stretches it, and cut
 * out where the model sees the middle alone; so patches lie where the model has them. A crop is shown at a multiple of
 * the model's size.
 * @throws SimvlmError `missing-image`, `broken-image`, `image-too-large`
 */
export async function showImage(source: ImageSource, preparation: Preparation): Promise<RgbImage> {
  const { preprocessing, framing, kernel } = preparation;
  if (preprocessing === undefined) {
    if (framing.kind === "stretch") return decodeImage(source);
    return decodeImage(source, { framing: enlargeFraming(framing), ...(kernel && { kernel }) });
  }
  const { width, height, data } = await (preprocessing === "reference"
    ? decodeReference(source, preparation)
    : decodeImage(source));
  const picture = { width, height, data };
  return framing.kind === "stretch" ? picture : frameWithPillow(picture, enlargeFraming(framing), kernel);
}
