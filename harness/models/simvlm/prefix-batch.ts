import type { HostPrefix } from "../../decoding/decoder.js";
import type { SimVLMConfig } from "./config.js";

/** What one example's text is conditioned on: a picture, some text, or both. */
export interface ExamplePrefix {
  /** Normalised pixels `[imageSize, imageSize, 3]`. */
  readonly image?: Float32Array | undefined;
  /** Token ids of the text beside it, in the encoder. */
  readonly text: readonly number[];
}

/**
 * Prefixes of several examples as one batch, texts padded to the longest, or to `places`.
 * @param examples those with a picture first
 */
export function batchPrefixes(
  examples: readonly ExamplePrefix[],
  config: SimVLMConfig,
  pad: number,
  places = 0,
): HostPrefix {
  const batch = examples.length;
  const side = config.imageSize;
  const pictures = examples.flatMap(({ image }) => (image ? [image] : []));
  const images = new Float32Array(pictures.length * side * side * 3);
  pictures.forEach((image, row) => {
    images.set(image, row * side * side * 3);
  });
  // Something must stand in the encoder, if only a place that nobody sees.
  const least = pictures.length > 0 ? places : Math.max(1, places);
  const length = Math.max(least, ...examples.map(({ text }) => text.length));
  const tokens = new Int32Array(batch * length).fill(pad);
  const mask = new Float32Array(batch * length);
  examples.forEach(({ text }, row) => {
    tokens.set(text, row * length);
    mask.fill(1, row * length, row * length + text.length);
  });
  return {
    ...(pictures.length > 0 && {
      images: { shape: [pictures.length, side, side, 3], data: images },
      imageMask: { shape: [batch], data: Float32Array.from(examples, ({ image }) => (image ? 1 : 0)) },
    }),
    ...(length > 0 && {
      prefixTokens: { shape: [batch, length], data: tokens },
      prefixMask: { shape: [batch, length], data: mask },
    }),
  };
}
