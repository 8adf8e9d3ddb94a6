import * as tf from "@tensorflow/tfjs-core";
import { projectKeyValues } from "../../layers/attention.js";
import {
  fromCache,
  fromKeyValues,
  fromPrefixAndCache,
  fromSequence,
  keyValueShapes,
  type LayerKeyValues,
  openCache,
} from "../../layers/key-values.js";
import { maskKeys } from "../../layers/masks.js";
import { layerNorm } from "../../layers/norms.js";
import { runLayers, type Sources } from "../../layers/transformer.js";
import { under, type Weights } from "../../layers/weights.js";
import { type Context, createContext } from "./context.js";
import { embedPrefix, embedText, prefixLengths } from "./embeddings.js";
import type { PrefixInputs } from "./inputs.js";
import { encode, toLogits } from "./model.js";
import { layerBiases } from "./relative.js";
import { layerNames, type SimVLMConfig } from "./simvlm-config.js";
import { layersOf } from "./simvlm-layers.js";

/** What decoding needs of the prefix; computed once, read at every step. */
export type PrefixMemory = {
  /** The prefix's keys and values in each decoder layer, by the layer's name. */
  readonly layers: LayerKeyValues;
  /** `[batch, 1, 1, prefix]`, added to the scores of the prefix's tokens. */
  readonly mask: tf.Tensor;
  /** `[batch]` int32: the text position of the first suffix token. */
  readonly first: tf.Tensor;
};

/** Keys and values of the suffix so far in each decoder layer: `length` places, zeros where nothing is yet. */
export type SuffixCache = LayerKeyValues;

/** One step's arguments; rows are the beams of the first example, then those of the second, and so on. */
export type StepInputs = {
  /** `[rows]` int32. */
  readonly tokens: tf.Tensor;
  /** Scalar int32: the place of `tokens` in the suffix. */
  readonly position: tf.Tensor;
  /** `[rows]` int32: the row whose cache each row continues. Left out, each row's own. */
  readonly parents?: tf.Tensor | undefined;
};

/** Runs the prefix through the encoder, or through the single stack, where it sees only itself. */
export function rememberPrefix(weights: Weights, inputs: PrefixInputs, config: SimVLMConfig): PrefixMemory {
  const context = createContext(weights, config);
  return config.layout === "decoder-only" ? rememberStack(inputs, context) : rememberEncoder(inputs, context);
}

function rememberEncoder(inputs: PrefixInputs, context: Context): PrefixMemory {
  const { tokens, mask } = encode(inputs, context); // [batch, prefix, width]
  const layers = layersOf("decoder", context.weights, context.config);
  const known = layers.map(({ name, cross }) => [name, projectKeyValues(tokens, cross!)] as const);
  return { layers: Object.fromEntries(known), mask, first: tf.zeros([tokens.shape[0]!], "int32") };
}

function rememberStack(inputs: PrefixInputs, context: Context): PrefixMemory {
  const { weights, config } = context;
  const prefix = embedPrefix(inputs, context);
  const mask = maskKeys(prefix.visible); // [batch, 1, 1, prefix]
  const layers: LayerKeyValues = {};
  const self = fromSequence(layerBiases(prefix.imageTokens, prefix.textTokens, mask, weights), layers);
  runLayers(prefix.tokens, layersOf("decoder", weights, config), { self }, context);
  return { layers, mask, first: prefixLengths(inputs, prefix.tokens.shape[0]!) };
}

/** The shapes of a cache for so many rows and places, by layer. */
export function cacheShapes(config: SimVLMConfig, rows: number, length: number) {
  const shapes = keyValueShapes(rows, length, config.heads, config.width / config.heads);
  return Object.fromEntries(layerNames("decoder", config).map((name) => [name, shapes]));
}

/** A cache before the first step. */
export function emptyCache(config: SimVLMConfig, rows: number, length: number): SuffixCache {
  const layers = Object.entries(cacheShapes(config, rows, length)).map(([name, { keys, values }]) => {
    return [name, { keys: tf.zeros(keys), values: tf.zeros(values) }] as const;
  });
  return Object.fromEntries(layers);
}

/**
 * One more token for each row. All shapes are static: the cache has its full length from the start, and the beams of
 * an example share its prefix by being queries of one attention.
 * @returns `logits` `[rows, vocabulary]` of the next token, and the cache with this one in it
 */
export function decodeStep(
  weights: Weights,
  memory: PrefixMemory,
  cache: SuffixCache,
  { tokens, position, parents }: StepInputs,
  config: SimVLMConfig,
): { logits: tf.Tensor; cache: SuffixCache } {
  const rows = tokens.shape[0]!;
  const batch = memory.first.shape[0]!;
  const step = openCache(cache, position, parents);
  const first = tf.add(memory.first, position); // [batch]
  const positions = tf.reshape(tf.mul(tf.reshape(first, [batch, 1]), tf.ones([1, rows / batch], "int32")), [rows]); // [rows]
  const sources: Sources =
    config.layout === "decoder-only"
      ? { self: fromPrefixAndCache(memory.layers, memory.mask, step) }
      : { self: fromCache(step), cross: fromKeyValues(memory.layers, memory.mask) };
  const words = embedText(tf.reshape(tokens, [rows, 1]), weights, config, positions); // [rows, 1, width]
  const x = runLayers(words, layersOf("decoder", weights, config), sources, createContext(weights, config)); // [rows, 1, width]
  const states = layerNorm(tf.reshape(x, [rows, config.width]), under(weights, "decoder"), "norm"); // [rows, width]
  return { logits: toLogits(states, weights), cache: step.written };
}
