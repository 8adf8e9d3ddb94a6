import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../../layers/weights.js";
import { createContext, type ForwardOptions } from "./context.js";
import type { ModelInputs, PrefixInputs } from "./inputs.js";
import { decode, encode, runStack } from "./model.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/**
 * Several rows that share one prefix: what is the same for all, computed once where the layout lets it be; then what
 * depends on the texts and on what is done to their attention.
 */
export function repeatPrefix(
  weights: Weights,
  { suffixTokens, ...inputs }: ModelInputs,
  config: SimVLMConfig,
  rows: number,
): { keys: number; finish: (options: ForwardOptions) => tf.Tensor } {
  const repeat = (tensor: tf.Tensor): tf.Tensor => tf.tile(tensor, [rows, ...tensor.shape.slice(1).map(() => 1)]); // [rows, ...]
  if (config.layout === "encoder-decoder") {
    const memory = encode(inputs, createContext(weights, config));
    const repeated = { tokens: repeat(memory.tokens), mask: memory.mask }; // [rows, prefix, width]
    return {
      keys: memory.tokens.shape[1]!,
      finish: (options) => decode(suffixTokens, repeated, createContext(weights, config, options)),
    };
  }
  const prefix = repeatInputs(inputs, repeat);
  const patches = (config.imageSize / config.patchSize) ** 2;
  return {
    keys: patches + (inputs.prefixTokens?.shape[1] ?? 0),
    finish: (options) => runStack({ ...prefix, suffixTokens }, createContext(weights, config, options)),
  };
}

function repeatInputs(
  { images, imageMask, prefixTokens, prefixMask }: PrefixInputs,
  repeat: (tensor: tf.Tensor) => tf.Tensor,
): PrefixInputs {
  return {
    ...(images && { images: repeat(images) }),
    ...(imageMask && { imageMask: repeat(imageMask) }),
    ...(prefixTokens && { prefixTokens: repeat(prefixTokens) }),
    ...(prefixMask && { prefixMask: repeat(prefixMask) }),
  };
}
