import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "../../../../harness/engine/gradients/gradient-registry.js";
import { sizeOf } from "../../../../harness/engine/trace/graph.js";
import { initialize } from "../../../../harness/layers/declaration.js";
import { toTensors, type WeightArrays, type Weights } from "../../../../harness/layers/weights.js";
import {
  type BatchOptions,
  buildPrefixBatch,
  type PrefixBatch,
  type PrefixExample,
} from "../../../../harness/models/simvlm/batch.js";
import { declareHead, type Head } from "../../../../harness/models/simvlm/heads.js";
import { parameterShapes } from "../../../../harness/models/simvlm/parameters.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom, type Random } from "../../../../harness/random.js";

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

/** Weights of a size at which every one of them matters, whatever a fresh model starts from: nothing is 0 or 1. */
export function lively(config: SimVLMConfig, seed = 1): WeightArrays {
  const random = createRandom(seed);
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => {
      const noise = random.fork(`lively ${name}`);
      const mean = name.endsWith("norm.scale") ? 1 : 0;
      const size = sizeOf(shape);
      const inputs = shape.length === 4 ? size / shape[0]! : size / shape.at(-1)!;
      const scale = name.endsWith("kernel") ? Math.sqrt(1 / inputs) : /embedding|positions/.test(name) ? 0.3 : 0.1;
      return [name, { shape, data: Float32Array.from({ length: size }, () => mean + scale * noise.normal()) }];
    }),
  );
}

/** A head nobody trained, of no words either. */
export function randomHead(head: Head, config: SimVLMConfig, seed: number): WeightArrays {
  return initialize(declareHead(head, config), createRandom(seed));
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
