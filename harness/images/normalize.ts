import type { RgbImage, Size } from "./rgb-image.js";

/** The pixels of a picture as a model takes them, see {@link Normalization}. */
export interface NormalizedImage extends Size {
  /** [height, width, 3] */
  readonly data: Float32Array;
  /** Present where the file says that the picture is to be turned, which was not done (`preprocessing: "reference"`). */
  readonly unturned?: true;
}

/** A number for each channel. */
export type PerChannel = readonly [red: number, green: number, blue: number];

/** A channel value v, 0 to 1, becomes (v - mean) / std. The default, 0.5 and 0.5, maps to [-1, 1]. */
export interface Normalization {
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
  /**
   * What 8-bit values are multiplied by, instead of being divided by 255. Given, every step is rounded to float32, as
   * published models' own preprocessing does it; otherwise only the result is.
   */
  readonly rescale?: number;
}

const HALF: PerChannel = [0.5, 0.5, 0.5];

/** Turns 8-bit pixels into normalised floats. */
export function normalizeImage(
  image: RgbImage,
  { mean = HALF, std = HALF, rescale }: Normalization = {},
): NormalizedImage {
  const normalize = rescale === undefined ? normalizeOnce : normalizeStepwise(rescale);
  const table = new Float32Array(3 * 256);
  for (let value = 0; value < 256; value++) {
    for (let channel = 0; channel < 3; channel++) {
      table[3 * value + channel] = normalize(value, mean[channel]!, std[channel]!);
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

type Normalize = (value: number, mean: number, std: number) => number;

const normalizeOnce: Normalize = (value, mean, std) => (value / 255 - mean) / std;

function normalizeStepwise(rescale: number): Normalize {
  const { fround } = Math;
  return (value, mean, std) => fround(fround(fround(value * rescale) - fround(mean)) / fround(std));
}
