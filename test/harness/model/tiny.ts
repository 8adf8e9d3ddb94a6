import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "../../../harness/engine/gradients/registry.js";
import {
  type BatchOptions,
  buildPrefixBatch,
  type PrefixBatch,
  type PrefixExample,
} from "../../../harness/model/batch.js";
import type { SimVLMConfig } from "../../../harness/model/config.js";
import { initializeWeights } from "../../../harness/model/initialize.js";
import { toTensors, type WeightArrays, type Weights } from "../../../harness/model/weights.js";
import { createRandom, type Random } from "../../../harness/random.js";

/** A model small enough for the plain JavaScript backend. */
export const tiny: SimVLMConfig = {
  layout: "encoder-decoder",
  imageSize: 16,
  patchSize: 8,
  convBlocks: [1, 1],
  convWidth: 4,
  convGroups: 2,
  width: 16,
  heads: 2,
  mlpWidth: 32,
  encoderLayers: 2,
  decoderLayers: 2,
  vocabularySize: 23,
  textLength: 24,
};

export const tinyDecoderOnly: SimVLMConfig = { ...tiny, layout: "decoder-only", encoderLayers: 0, decoderLayers: 3 };

export const [START, END, PAD] = [0, 1, 2];

export const batchOptions: BatchOptions = {
  imageSize: tiny.imageSize,
  prefixLength: 4,
  suffixLength: 6,
  start: START,
  end: END,
  pad: PAD,
};

/** Weights that differ from a fresh model's in that nothing is 0 or 1, so that every one of them matters. */
export function lively(config: SimVLMConfig, seed = 1): WeightArrays {
  const random = createRandom(seed);
  const weights = initializeWeights(config, random);
  for (const [name, { data }] of Object.entries(weights)) {
    const noise = random.fork(`lively ${name}`);
    const scale = /embedding|positions|projection/.test(name) ? 0.3 : 0.1;
    for (let i = 0; i < data.length; i++) data[i]! += scale * noise.normal();
  }
  return weights;
}

export async function onCpu(config: SimVLMConfig, seed = 1): Promise<Weights> {
  await tf.setBackend("cpu");
  return toTensors(lively(config, seed));
}

export function randomImage(random: Random, side = tiny.imageSize): Float32Array {
  return Float32Array.from({ length: side * side * 3 }, () => random.normal());
}

export function randomText(random: Random, length: number): number[] {
  return Array.from({ length }, () => 3 + random.integer(tiny.vocabularySize - 3));
}

export function batchOf(
  examples: readonly PrefixExample[],
  options: Partial<BatchOptions> = {},
  seed = 5,
): PrefixBatch {
  return buildPrefixBatch(examples, { ...batchOptions, ...options }, createRandom(seed));
}
