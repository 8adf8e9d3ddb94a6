import { loadImages } from "../images/load-image.js";
import type { WeightArrays } from "../layers/weights.js";
import { createCaptioner } from "../models/captioner.js";
import type { Trainable } from "../models/trainable.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import type { Sample } from "./run-training.js";

/** A picture that is captioned from time to time. */
export interface SamplePicture {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The text that came with it. */
  readonly text: string;
}

/** Makes a function that captions the same few pictures with whatever weights it is given. */
export async function createSampler(
  { preparation }: VisionLanguageModel,
  trainable: Trainable,
  pictures: readonly SamplePicture[],
): Promise<(weights: WeightArrays) => Promise<Sample[]>> {
  const loaded = await loadImages(pictures, preparation);
  const images = loaded.flatMap((result, i) => (result.ok ? [{ ...pictures[i]!, data: result.image.data }] : []));
  if (images.length === 0) return async () => [];
  // The captioner's graphs read these weights where they lie.
  const held = Object.fromEntries(
    Object.entries(await trainable.readWeights()).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.slice() },
    ]),
  );
  const captioner = createCaptioner(trainable.withWeights(held), { decoding: { method: "greedy", maxLength: 24 } });
  return async (weights) => {
    for (const [name, { data }] of Object.entries(held)) data.set(weights[name]!.data);
    const captions = await captioner.caption(images.map(({ data }) => data));
    return captions.map(({ text }, i) => ({ id: images[i]!.name, said: text, expected: images[i]!.text }));
  };
}
