import { z } from "zod";
import { readJson } from "../files/json.js";
import { arrayOfMany, isOptionalText } from "../files/schema.js";
import type { CaptionExample, CaptionOptions } from "./captions.js";
import { CocoFile, CocoImage, isCocoImage, toCaptionExamples } from "./coco.js";
import type { FormatDescription } from "./format.js";

/** How far an image's objects are from COCO's classes. */
export const DOMAINS = ["in-domain", "near-domain", "out-domain"] as const;
/** One of {@link DOMAINS}. */
export type Domain = (typeof DOMAINS)[number];

/** An image to be described, with what NoCaps says of it. */
export interface NocapsExample extends CaptionExample {
  domain?: Domain | undefined;
  openImagesId?: string | undefined;
}

const NocapsImage = CocoImage.extend({ open_images_id: z.string().optional(), domain: z.enum(DOMAINS).optional() });

const NocapsImages = arrayOfMany(
  NocapsImage,
  (image) =>
    isCocoImage(image) &&
    isOptionalText(image?.open_images_id) &&
    (image?.domain === undefined || DOMAINS.includes(image.domain)),
);

const NocapsFile = CocoFile.extend({ images: NocapsImages }).describe(
  "a file of captions as COCO and NoCaps have it: {images: [{id, file_name}], annotations: [{image_id, caption}]}",
);

/** See {@link FormatDescription}. */
export const NOCAPS_FORMAT: FormatDescription = {
  name: "NoCaps captions",
  task: "caption",
  recognisedBy: "COCO captions whose images have an `open_images_id`",
  example:
    '{"images": [{"id": 0, "file_name": "0013ea2087020901.jpg", "open_images_id": "0013ea2087020901", "domain": "near-domain"}], "annotations": […]}',
  isOfficial: true,
};

/**
 * NoCaps captions: COCO's format, whose images carry an Open Images id and, in the file with domains, a domain.
 * A plain COCO file is read too; no image has a domain then. The test set has no captions: `references: "optional"`.
 *
 * @returns one example an image, in the order of `images`
 * @throws SimvlmError what {@link readCocoCaptions} throws
 */
export async function readNocaps(path: string, options: CaptionOptions = {}): Promise<NocapsExample[]> {
  const file = await readJson(path, NocapsFile);
  return toCaptionExamples(file, path, options).map(({ id, file: image, references }, index) => {
    const { domain, open_images_id: openImagesId } = file.images[index]!;
    return { id, file: image, references, domain, openImagesId };
  });
}
