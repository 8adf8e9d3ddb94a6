import { basename } from "node:path";
import { type ImageSource, imageName } from "../../images/image-source.js";
import type { Preparation } from "../../images/preparation.js";
import { shareImage } from "../../images/share-image.js";
import type { SamplePicture } from "./page-parts.js";

/** Pixels of the longer side: more than any model of ours sees. */
const LARGEST_SIDE = 1024;

/**
 * Pictures as a page offers them, in a format that browsers read; larger ones are made smaller.
 * @throws SimvlmError as {@link shareImage}
 */
export function readSamples(pictures: readonly ImageSource[] = [], preparation: Preparation): Promise<SamplePicture[]> {
  const { preprocessing = "upright" } = preparation;
  return Promise.all(
    pictures.map(async (picture) => {
      const { type, bytes } = await shareImage(picture, { preprocessing, maxSide: LARGEST_SIDE });
      return { name: basename(imageName(picture)), type, base64: Buffer.from(bytes).toString("base64") };
    }),
  );
}
