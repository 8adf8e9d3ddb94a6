import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { fileInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { type CaptionExample, type CaptionOptions, checkCaptions } from "./captions.js";
import { Id } from "./ids.js";

export const CocoImage = z.object({ id: Id, file_name: z.string() });

export const CocoFile = z
  .object({
    images: z.array(CocoImage),
    annotations: z.array(z.object({ image_id: Id, caption: z.string() })).default([]),
  })
  .describe("a COCO captions file: {images: [{id, file_name}], annotations: [{image_id, caption}]}");

/**
 * COCO captions, `captions_val2014.json` and its like.
 *
 * @returns one example an image, in the order of `images`
 * @throws SimvlmError what {@link readJson} throws, `unsafe-path`, `unknown-image`, `image-without-references`,
 *   `empty-file`, `duplicate-id`
 */
export async function readCocoCaptions(path: string, options: CaptionOptions = {}): Promise<CaptionExample[]> {
  const { examples } = await readCaptionFile(path, CocoFile, options);
  return examples;
}

type CocoFile = z.output<typeof CocoFile>;

/** A file of COCO's form, whose images may carry more than COCO's: the n-th example is of the n-th image. */
export async function readCaptionFile<F extends CocoFile>(path: string, schema: z.ZodType<F>, options: CaptionOptions) {
  const file = await readJson(path, schema);
  const examples = file.images.map(
    ({ id, file_name }, index): CaptionExample => ({
      id: String(id),
      file: fileInside(options.imageRoot, file_name, `${path}: images[${index}].file_name`),
      references: [],
    }),
  );
  const byId = new Map(examples.map((example) => [example.id, example]));
  for (const [index, { image_id, caption }] of file.annotations.entries()) {
    const example = byId.get(String(image_id));
    if (!example) {
      throw new SimvlmError(
        "unknown-image",
        `${path}: annotations[${index}].image_id: ${image_id} is not among the images. ` +
          "Add the image, or remove the caption.",
      );
    }
    example.references.push(caption);
  }
  return { images: file.images as F["images"], examples: checkCaptions(examples, path, options) };
}
