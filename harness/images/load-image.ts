import { availableParallelism } from "node:os";
import { SimvlmError } from "@simvlm/metrics";
import { type DecodeOptions, decodeImage, type ImageSource, imageName, type RgbImage } from "./decode.js";

/** The pixels of a picture as a model takes them, see {@link Normalization}. */
export interface NormalizedImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Float32Array;
}

type PerChannel = readonly [red: number, green: number, blue: number];

/** A channel value v, 0 to 1, becomes (v - mean) / std. The default, 0.5 and 0.5, maps to [-1, 1]. */
export interface Normalization {
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
}

/** How a picture is decoded and normalised. */
export interface LoadOptions extends DecodeOptions, Normalization {}

/** How a batch of pictures is loaded. */
export interface LoadImagesOptions extends LoadOptions {
  /** How many pictures are loaded at a time. Default twice the number of cores. */
  readonly concurrency?: number;
}

/**
 * What became of one picture of a batch: its pixels, or the error that kept it from being loaded. `name` is its path,
 * or the name given with its bytes.
 */
export type LoadedImage =
  | { readonly ok: true; readonly name: string; readonly image: NormalizedImage }
  | { readonly ok: false; readonly name: string; readonly error: SimvlmError };

const HALF: PerChannel = [0.5, 0.5, 0.5];

/** Turns 8-bit pixels into normalised floats. */
export function normalizeImage(image: RgbImage, { mean = HALF, std = HALF }: Normalization = {}): NormalizedImage {
  const table = new Float32Array(3 * 256);
  for (let value = 0; value < 256; value++) {
    for (let channel = 0; channel < 3; channel++) {
      table[3 * value + channel] = (value / 255 - mean[channel]!) / std[channel]!;
    }
  }
  const { width, height, data: bytes } = image;
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 3) {
    data[i] = table[3 * bytes[i]!]!;
    data[i + 1] = table[3 * bytes[i + 1]! + 1]!;
    data[i + 2] = table[3 * bytes[i + 2]! + 2]!;
  }
  return { width, height, data };
}

/**
 * Decodes and normalises one picture, see {@link decodeImage} and {@link normalizeImage}.
 * @throws SimvlmError as {@link decodeImage}
 */
export async function loadImage(source: ImageSource, options: LoadOptions = {}): Promise<NormalizedImage> {
  return normalizeImage(await decodeImage(source, options), options);
}

/**
 * Loads a batch, a few pictures at a time, in the order of `sources`. A picture that cannot be loaded gives its error
 * in its place and does not affect the others. The random crop of picture i depends only on the seed and on i.
 */
export async function loadImages(
  sources: readonly ImageSource[],
  options: LoadImagesOptions = {},
): Promise<LoadedImage[]> {
  const { concurrency = 2 * availableParallelism() } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new SimvlmError("bad-option", `The concurrency is ${concurrency}, not a positive integer.`);
  }
  const results: LoadedImage[] = [];
  const queue = sources.entries();
  const work = async (): Promise<void> => {
    for (const [index, source] of queue) results[index] = await loadOne(source, forItem(options, index));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

function forItem(options: LoadOptions, index: number): LoadOptions {
  const { framing } = options;
  if (framing?.kind !== "random-crop") return options;
  return { ...options, framing: { ...framing, random: framing.random.fork(index) } };
}

async function loadOne(source: ImageSource, options: LoadOptions): Promise<LoadedImage> {
  const name = imageName(source);
  try {
    return { ok: true, name, image: await loadImage(source, options) };
  } catch (error) {
    // A wrong option is the caller's mistake, not this picture's.
    if (error instanceof SimvlmError && error.code !== "bad-option") return { ok: false, name, error };
    throw error;
  }
}
