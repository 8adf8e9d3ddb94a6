import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { fileInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { arrayOfMany, isOptionalText } from "../files/schema.js";
import { type CaptionExample, type CaptionOptions, checkCaptions } from "./captions.js";
import type { FormatDescription } from "./format.js";
import { Id, isId } from "./ids.js";

/** An image in a COCO file. */
export const CocoImage = z.object({ id: Id, file_name: z.string().optional() });

/** Whether {@link CocoImage} accepts it. */
export function isCocoImage(image: Partial<z.output<typeof CocoImage>> | null): boolean {
  return isId(image?.id) && isOptionalText(image?.file_name);
}

/** VizWiz keeps captions that its own evaluation leaves out: spam, and the button for pictures that show nothing. */
const Flag = z.boolean().optional();

const CocoAnnotations = arrayOfMany(
  z.object({ image_id: Id, caption: z.string().nullable(), is_rejected: Flag, is_precanned: Flag }),
  (annotation) =>
    (typeof annotation?.caption === "string" || annotation?.caption === null) &&
    isId(annotation.image_id) &&
    isFlag(annotation.is_rejected) &&
    isFlag(annotation.is_precanned),
);

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

/** A COCO captions file. */
export const CocoFile = z
  .object({
    images: arrayOfMany(CocoImage, isCocoImage),
    annotations: CocoAnnotations.default([]),
  })
  .describe("a COCO captions file: {images: [{id, file_name}], annotations: [{image_id, caption}]}");

/** See {@link FormatDescription}. */
export const COCO_FORMAT: FormatDescription = {
  name: "COCO captions",
  task: "caption",
  recognisedBy: "an object with `images`, and `annotations` that have a `caption`",
  example:
    '{"images": [{"id": 42, "file_name": "COCO_val2014_000000000042.jpg"}], "annotations": [{"image_id": 42, "caption": "a dog"}]}',
  isOfficial: true,
};

/** See {@link FormatDescription}. */
export const VIZWIZ_CAPTIONS_FORMAT: FormatDescription = {
  name: "VizWiz captions",
  task: "caption",
  recognisedBy: "COCO captions whose images have a `vizwiz_url`, or captions that say whether they are `is_rejected`",
  example:
    '{"images": [{"file_name": "VizWiz_val_00000000.jpg", "vizwiz_url": "…", "text_detected": true, "id": 23431}], "annotations": […]}',
};

/**
 * COCO captions, `captions_val2014.json` and its like. VizWiz's captions that were rejected, or stand for "nothing to see", are none.
 *
 * @returns one example an image, in the order of `images`
 * @throws SimvlmError what {@link readJson} throws, `unsafe-path`, `unknown-image`, `image-without-references`,
 *   `empty-file`, `duplicate-id`
 */
export async function readCocoCaptions(path: string, options: CaptionOptions = {}): Promise<CaptionExample[]> {
  return toCaptionExamples(await readJson(path, CocoFile), path, options);
}

/** The n-th example is of the n-th image of the file, which was read from `path`. */
export function toCaptionExamples(
  file: z.output<typeof CocoFile>,
  path: string,
  options: CaptionOptions,
): CaptionExample[] {
  const examples = file.images.map(({ id, file_name: name }, index): CaptionExample => {
    const where = `${path}: images[${index}].file_name`;
    return {
      id: String(id),
      file: name === undefined ? undefined : fileInside(options.imageRoot, name, where),
      references: [],
    };
  });
  // an id may be a number here and a text there; where both are alike, none need be made text
  const byId = new Map<number | string, CaptionExample>();
  for (const [index, example] of examples.entries()) byId.set(example.id, example).set(file.images[index]!.id, example);
  for (const [index, { image_id, caption, is_rejected, is_precanned }] of file.annotations.entries()) {
    const example = byId.get(image_id) ?? byId.get(String(image_id));
    if (!example) {
      throw new SimvlmError(
        "unknown-image",
        `${path}: annotations[${index}].image_id: ${image_id} is not among the images. ` +
          "Add the image, or remove the caption.",
      );
    }
    if (caption !== null && !is_rejected && !is_precanned) example.references.push(caption);
  }
  return checkCaptions(examples, path, options);
}
