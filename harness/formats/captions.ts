import { SimvlmError } from "@simvlm/metrics";
import { checkExamples, listIds } from "./ids.js";

/** An image to be described. */
export interface CaptionExample {
  /** The image's id; in Flickr8k and Flickr30k, which have none, its file name. */
  id: string;
  /** The image file, below the image folder if that was given. Absent if the data set names none: scoring needs none. */
  file?: string | undefined;
  /** Where the image lies in the data file itself, as Parquet may hold it. */
  inside?: string | undefined;
  /** What people wrote, in the order of the file. */
  references: string[];
}

/** Where images are. */
export interface ImageOptions {
  /** The folder the images lie in (default: files are named as the data set names them). */
  imageRoot?: string | undefined;
}

/** How captions are read. */
export interface CaptionOptions extends ImageOptions {
  /** `optional` for a set to be captioned only: a test set has no references (default `required`). */
  references?: "required" | "optional";
}

/** Whether anybody wrote anything: of blank references alone there are none. */
export function hasReference(references: readonly string[]): boolean {
  return references.some((text) => text.trim() !== "");
}

/** So many images are named. */
const NAMED = 10;

/**
 * The last check of a caption reader.
 *
 * @throws SimvlmError `image-without-references`, `empty-file`, `duplicate-id`
 */
export function checkCaptions<E extends CaptionExample>(examples: E[], path: string, options: CaptionOptions): E[] {
  checkExamples(examples, path);
  const bare = examples.filter(({ references }) => references.length === 0).map(({ id }) => id);
  if (bare.length > 0 && options.references !== "optional") {
    throw new SimvlmError(
      "image-without-references",
      `${path}: no reference captions for image ${listIds(bare, NAMED)}. Add them, or remove the images.`,
    );
  }
  return examples;
}
