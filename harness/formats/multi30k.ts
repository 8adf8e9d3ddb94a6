import { fileInside } from "../files/inside.js";
import { readParallelLines } from "../files/lines.js";
import type { ImageOptions } from "./captions.js";
import type { FormatDescription } from "./format.js";

/** A sentence with its translation. */
export interface TranslationExample {
  /** The line's number, from 1. */
  id: string;
  source: string;
  target: string;
  /** The image file, below the image folder if that was given; absent without an image list. */
  file?: string | undefined;
}

/** Files whose lines belong together. */
export interface Multi30kFiles {
  source: string;
  target: string;
  /** One image name a line. */
  images?: string | undefined;
}

/** See {@link FormatDescription}. */
export const MULTI30K_FORMAT: FormatDescription = {
  name: "Multi30k",
  task: "translate",
  recognisedBy: "plain text, a sentence on each line: a file for each language, and a list of images",
  example: "Two young, White males are outside near many bushes.",
  isOfficial: true,
};

/**
 * Multi30k: one plain text file a language and a list of images, whose n-th lines belong together. An empty line is
 * an empty sentence.
 *
 * @throws SimvlmError what {@link readParallelLines} throws, `unsafe-path`
 */
export async function readMulti30k(files: Multi30kFiles, options: ImageOptions = {}): Promise<TranslationExample[]> {
  const { source, target, images } = files;
  const [sources, targets, names] = await readParallelLines(
    images === undefined ? [source, target] : [source, target, images],
  );
  return sources!.map((sentence, index) => ({
    id: String(index + 1),
    source: sentence,
    target: targets![index]!,
    file: names && fileInside(options.imageRoot, names[index]!, `${images}, line ${index + 1}`),
  }));
}
