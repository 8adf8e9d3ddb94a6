import { SimvlmError } from "@simvlm/metrics";
import { inParallel } from "../in-parallel.js";
import { countProcessors } from "../processors.js";
import { type DecodeOptions, decodeImage } from "./decode.js";
import { decodeReference } from "./decode-reference.js";
import { type ImageSource, imageName } from "./image-source.js";
import { type Normalization, type NormalizedImage, normalizeImage } from "./normalize.js";
import { frameWithPillow, type PillowFraming } from "./pillow-frame.js";
import type { PublishedPreparation } from "./preparation.js";
import type { RgbImage } from "./rgb-image.js";

/** How a picture is decoded and normalised: by sharp alone, or as a published model has it. */
export type LoadOptions =
  | (DecodeOptions & Normalization & { readonly preprocessing?: undefined })
  | PublishedLoadOptions;

/** How a picture is made ready as a published model has it. */
export interface PublishedLoadOptions extends Omit<PublishedPreparation, "framing">, Pick<DecodeOptions, "maxPixels"> {
  readonly framing: PillowFraming;
}

/** How a batch of pictures is loaded. */
export type LoadImagesOptions = LoadOptions & {
  /** How many pictures are loaded at a time. Default twice the number of cores. */
  readonly concurrency?: number;
};

/**
 * What became of one picture of a batch: its pixels, or the error that kept it from being loaded. `name` is its path,
 * or the name given with its bytes.
 */
export type LoadedImage = Loaded<NormalizedImage>;

type Loaded<Image> =
  | { readonly ok: true; readonly name: string; readonly image: Image }
  | { readonly ok: false; readonly name: string; readonly error: SimvlmError };

/** A picture in its own size. */
export interface UnframedImage extends RgbImage, Pick<NormalizedImage, "unturned"> {}

/** What became of one picture of several that were only decoded. */
export type DecodedPicture = Loaded<UnframedImage>;

/**
 * Decodes, frames and normalises one picture.
 * @throws SimvlmError as {@link decodeImage}
 */
export async function loadImage(source: ImageSource, options: LoadOptions = {}): Promise<NormalizedImage> {
  if (options.preprocessing !== undefined) return loadPublished(source, options);
  return normalizeImage(await decodeImage(source, options), options);
}

async function loadPublished(source: ImageSource, options: PublishedLoadOptions): Promise<NormalizedImage> {
  const { unturned, ...picture } = await decodePublished(source, options);
  const image = normalizeImage(frameWithPillow(picture, options.framing, options.kernel), options);
  return unturned ? { ...image, unturned } : image;
}

type DecodePublishedOptions = Pick<PublishedLoadOptions, "preprocessing" | "maxPixels"> &
  Partial<Pick<PublishedLoadOptions, "transparentColour">>;

async function decodePublished(source: ImageSource, options: DecodePublishedOptions): Promise<UnframedImage> {
  if (options.preprocessing === "upright") return decodeImage(source, { maxPixels: options.maxPixels });
  const { unturned, ...picture } = await decodeReference(source, options);
  return unturned ? { ...picture, unturned } : picture;
}

/**
 * Loads a batch, a few pictures at a time, in the order of `sources`. A picture that cannot be loaded gives its error
 * in its place and does not affect the others. The random crop of picture i depends only on the seed and on i.
 */
export async function loadImages(
  sources: readonly ImageSource[],
  options: LoadImagesOptions = {},
): Promise<LoadedImage[]> {
  const { concurrency = 2 * countProcessors() } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new SimvlmError("bad-option", `The concurrency is ${concurrency}, not a positive integer.`);
  }
  return inParallel(concurrency, sources, (source, index) =>
    orFault(source, () => loadImage(source, forItem(options, index))),
  );
}

/** Decodes pictures as a published model has it, a few at a time, for whoever frames and normalises them. */
export async function decodePictures(
  sources: readonly ImageSource[],
  options: DecodePublishedOptions,
): Promise<DecodedPicture[]> {
  return inParallel(2 * countProcessors(), sources, (source) =>
    orFault(source, () => decodePublished(source, options)),
  );
}

/** How many pictures say that they are to be turned, and were not (`preprocessing: "reference"`). */
export function countUnturned(loaded: readonly Loaded<Pick<NormalizedImage, "unturned">>[]): number {
  return loaded.filter((each) => each.ok && each.image.unturned).length;
}

function forItem(options: LoadOptions, index: number): LoadOptions {
  const { framing } = options;
  if (framing?.kind !== "random-crop") return options;
  return { ...options, framing: { ...framing, random: framing.random.fork(index) } };
}

async function orFault<Image>(source: ImageSource, load: () => Promise<Image>): Promise<Loaded<Image>> {
  const name = imageName(source);
  try {
    return { ok: true, name, image: await load() };
  } catch (error) {
    // A wrong option is the caller's mistake, not this picture's.
    if (error instanceof SimvlmError && error.code !== "bad-option") return { ok: false, name, error };
    throw error;
  }
}
