import type { ModelExample } from "../vision-language-model.js";
import type { HostPrefix } from "./batch.js";
import { requirePositions } from "./embeddings.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/**
 * Prefixes of several examples as one batch, prompts padded to the longest, or to `places`.
 * @param examples those with a picture first
 */
export function batchPrefixes(
  examples: readonly ModelExample[],
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
  const least = promptPlaces(places, pictures.length);
  const length = Math.max(least, ...examples.map(({ prompt }) => prompt.length));
  const tokens = new Int32Array(batch * length).fill(pad);
  const mask = new Float32Array(batch * length);
  examples.forEach(({ prompt }, row) => {
    tokens.set(prompt, row * length);
    mask.fill(1, row * length, row * length + prompt.length);
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

/** Something must stand in the encoder: without a picture, if only a place for text that nobody sees. */
export function promptPlaces(places: number, pictures: number): number {
  return pictures > 0 ? places : Math.max(1, places);
}

/** How many examples a batch of prefixes has. */
export function countExamples({ images, imageMask, prefixTokens }: HostPrefix): number {
  return (prefixTokens ?? imageMask ?? images)?.shape[0] ?? 0;
}

/** @throws SimvlmError `text-too-long` when decoding may need more text positions than the model has */
export function checkLength(prefix: HostPrefix, length: number, config: SimVLMConfig): void {
  const before = config.layout === "decoder-only" ? (prefix.prefixTokens?.shape[1] ?? 0) : 0;
  requirePositions(before + length, config);
}
