import * as tf from "@tensorflow/tfjs-core";
import { fromMemory, fromSequence } from "../../layers/key-values.js";
import { causalMask, maskKeys, prefixMask } from "../../layers/masks.js";
import { layerNorm } from "../../layers/norms.js";
import { runLayers } from "../../layers/transformer.js";
import { under, type Weights } from "../../layers/weights.js";
import { type Context, createContext, type ForwardOptions, type ForwardRecord } from "./context.js";
import { embedPrefix, embedText, prefixLengths, requirePositions } from "./embeddings.js";
import type { ModelInputs, PrefixInputs } from "./inputs.js";
import { layerBiases } from "./relative.js";
import type { SimVLMConfig } from "./simvlm-config.js";
import { layersOf } from "./simvlm-layers.js";

/**
 * The whole model: the prefix seen at once, the suffix from left to right. Every number is a function of the arguments.
 * @returns `logits` `[batch, suffix, vocabulary]`: at each place, of the token after it
 */
export function forward(
  weights: Weights,
  inputs: ModelInputs,
  config: SimVLMConfig,
  options: ForwardOptions = {},
): { logits: tf.Tensor; record: ForwardRecord } {
  const { states, record } = hiddenStates(weights, inputs, config, options); // [batch, suffix, width]
  return { logits: toLogits(states, weights), record }; // [batch, suffix, vocabulary]
}

/** The last layer's normalised states of the suffix, `[batch, suffix, width]`: what logits and classifiers are read from. */
export function hiddenStates(
  weights: Weights,
  inputs: ModelInputs,
  config: SimVLMConfig,
  options: ForwardOptions = {},
): { states: tf.Tensor; record: ForwardRecord } {
  const context = createContext(weights, config, options);
  const states =
    config.layout === "decoder-only"
      ? runStack(inputs, context) // [batch, suffix, width]
      : decode(inputs.suffixTokens, encode(inputs, context), context); // [batch, suffix, width]
  return { states, record: context.record };
}

/** The encoder's output `tokens` `[batch, prefix, width]`, and the mask of those not to be seen, `[batch, 1, 1, prefix]`. */
export interface Memory {
  readonly tokens: tf.Tensor;
  readonly mask: tf.Tensor;
}

/** Image and text prefix through the encoder. Tokens that must not be seen leave it as zeros. */
export function encode(inputs: PrefixInputs, context: Context): Memory {
  const { weights, config, keep } = context;
  const prefix = embedPrefix(inputs, context);
  const mask = maskKeys(prefix.visible); // [batch, 1, 1, prefix]
  const self = fromSequence(layerBiases(prefix.imageTokens, prefix.textTokens, mask, weights));
  const x = runLayers(prefix.tokens, layersOf("encoder", weights, config), { self }, context); // [batch, prefix, width]
  const states = layerNorm(x, under(weights, "encoder"), "norm"); // [batch, prefix, width]
  // A row without any visible token attends evenly to all: zeros keep hidden pictures and padding out of that too.
  const tokens = tf.mul(states, tf.expandDims(prefix.visible, 2)); // [batch, prefix, width]
  keep("encoder.output", tokens);
  return { tokens, mask };
}

/** The suffix through the decoder, `[batch, suffix, width]`; each row reads its own row of the memory. */
export function decode(suffixTokens: tf.Tensor, memory: Memory, context: Context): tf.Tensor {
  const { weights, config } = context;
  const mask = causalMask(suffixTokens.shape[1]!); // [1, 1, suffix, suffix]
  const sources = { self: fromSequence(() => mask), cross: fromMemory(memory.tokens, memory.mask) };
  const suffix = embedText(suffixTokens, weights, config); // [batch, suffix, width]
  const x = runLayers(suffix, layersOf("decoder", weights, config), sources, context); // [batch, suffix, width]
  return layerNorm(x, under(weights, "decoder"), "norm"); // [batch, suffix, width]
}

/** The decoder-only layout: prefix and suffix in one sequence, `[batch, suffix, width]`; the suffix's positions continue where the prefix's text ends. */
export function runStack(inputs: ModelInputs, context: Context): tf.Tensor {
  const { weights, config } = context;
  const [batch, length] = inputs.suffixTokens.shape as [number, number];
  const prefix = embedPrefix(inputs, context);
  requirePositions(prefix.textTokens + length, config);
  const start = prefix.imageTokens + prefix.textTokens;
  const suffix = embedText(inputs.suffixTokens, weights, config, prefixLengths(inputs, batch)); // [batch, suffix, width]
  const visible = tf.concat([prefix.visible, tf.ones([batch, length])], 1); // [batch, prefix + suffix]
  const mask = tf.add(maskKeys(visible), prefixMask(start, length)); // [batch, 1, prefix + suffix, prefix + suffix]
  const self = fromSequence(layerBiases(prefix.imageTokens, prefix.textTokens + length, mask, weights));
  const sequence = tf.concat([prefix.tokens, suffix], 1); // [batch, prefix + suffix, width]
  const x = runLayers(sequence, layersOf("decoder", weights, config), { self }, context); // [batch, prefix + suffix, width]
  const states = tf.slice(x, [0, start, 0], [batch, length, config.width]); // [batch, suffix, width]
  return layerNorm(states, under(weights, "decoder"), "norm"); // [batch, suffix, width]
}

/** Scores over the vocabulary from `[batch, tokens, width]`: the word embedding is the output layer too. */
export function toLogits(states: tf.Tensor, weights: Weights): tf.Tensor {
  const embedding = under(weights, "text")("embedding"); // [vocabulary, width]
  const rows = tf.reshape(states, [-1, embedding.shape[1]!]); // [rows, width]
  const logits = tf.matMul(rows, embedding, false, true); // [rows, vocabulary]
  return tf.reshape(logits, [...states.shape.slice(0, -1), embedding.shape[0]!]); // [batch, tokens, vocabulary]
}
