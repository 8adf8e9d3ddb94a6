import * as tf from "@tensorflow/tfjs-core";
import {
  type Attended,
  attend,
  crossAttention,
  hideAfter,
  joinHeads,
  type KeyValues,
  queriesKeysValues,
} from "../../layers/attention.js";
import { linear } from "../../layers/linear.js";
import { layerNorm } from "../../layers/norms.js";
import { type Lookup, under, type Weights } from "../../layers/weights.js";
import type { SimVLMConfig } from "./config.js";
import { createContext } from "./context.js";
import { embedText } from "./embed.js";
import { type Attend, layer } from "./layer.js";
import { toLogits } from "./model.js";
import type { PrefixMemory } from "./prefix-memory.js";

/** Keys and values of the suffix so far in each decoder layer: `length` places, zeros where nothing is yet. */
export type SuffixCache = Record<string, KeyValues>;

/** One step's arguments; rows are the beams of the first example, then those of the second, and so on. */
export type StepInputs = {
  /** `[rows]` int32. */
  readonly tokens: tf.Tensor;
  /** Scalar int32: the place of `tokens` in the suffix. */
  readonly position: tf.Tensor;
  /** `[rows]` int32: the row whose cache each row goes on from. Left out, each row's own. */
  readonly parents?: tf.Tensor | undefined;
};

/** The shapes of a cache for so many rows and places, by layer. */
export function cacheShapes(config: SimVLMConfig, rows: number, length: number) {
  const headWidth = config.width / config.heads;
  const shapes = { keys: [rows, config.heads, headWidth, length], values: [rows, config.heads, length, headWidth] };
  return Object.fromEntries(Array.from({ length: config.decoderLayers }, (_, index) => [`decoder.${index}`, shapes]));
}

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
  inputs: StepInputs,
  config: SimVLMConfig,
): { logits: tf.Tensor; cache: SuffixCache } {
  const context = createContext(weights, config);
  const rows = inputs.tokens.shape[0]!;
  const batch = memory.first.shape[0]!;
  const beams = rows / batch;
  const length = Object.values(cache)[0]!.values.shape[2]!;
  const later = hideAfter(inputs.position, length); // [1, 1, 1, length]
  const place = tf.oneHot(inputs.position as tf.Tensor1D, length, 1, 0, "float32"); // [length]
  const first = tf.add(memory.first, inputs.position); // [batch]
  const positions = tf.reshape(tf.mul(tf.reshape(first, [batch, 1]), tf.ones([1, beams], "int32")), [rows]); // [rows]

  const written: SuffixCache = {};
  let x = embedText(tf.reshape(inputs.tokens, [rows, 1]), weights, config, positions); // [rows, 1, width]
  for (const [name, past] of Object.entries(cache)) {
    const prefix = memory.layers[name]!;
    const see: Attend = (states, lookup) => {
      const { queries, keys, values } = queriesKeysValues(states, lookup, config.heads); // queries [rows, heads, 1, headWidth]
      written[name] = write(inherit(past, inputs.parents), { keys, values }, place);
      if (config.layout === "encoder-decoder") return attend(queries, written[name], later, lookup);
      return attendBoth(queries, prefix, memory.hidden, written[name], later, lookup);
    };
    const read: Attend = (states, lookup) => {
      const beamStates = tf.reshape(states, [batch, beams, config.width]); // [batch, beams, width]
      const { output, probabilities } = crossAttention(beamStates, prefix, memory.hidden, lookup, config.heads);
      return { output: tf.reshape(output, [rows, 1, config.width]), probabilities };
    };
    x = layer(x, name, see, config.layout === "encoder-decoder" ? read : undefined, context); // [rows, 1, width]
  }
  const states = layerNorm(tf.reshape(x, [rows, config.width]), under(weights, "decoder"), "norm"); // [rows, width]
  return { logits: toLogits(states, weights), cache: written };
}

function inherit({ keys, values }: KeyValues, parents: tf.Tensor | undefined): KeyValues {
  if (!parents) return { keys, values };
  const rows = parents as tf.Tensor1D;
  return { keys: tf.gather(keys, rows), values: tf.gather(values, rows) };
}

/** Puts one token's keys and values at `place` `[length]`, 1 at the position, where the cache still has zeros. */
function write(past: KeyValues, token: KeyValues, place: tf.Tensor): KeyValues {
  const length = place.shape[0]!;
  const keys = tf.mul(token.keys, tf.reshape(place, [1, 1, 1, length])); // [rows, heads, headWidth, length]
  const values = tf.mul(token.values, tf.reshape(place, [1, 1, length, 1])); // [rows, heads, length, headWidth]
  return { keys: tf.add(past.keys, keys), values: tf.add(past.values, values) };
}

/** One attention over the shared prefix and each row's own suffix, for the decoder-only layout. */
function attendBoth(
  queries: tf.Tensor,
  prefix: KeyValues,
  hidden: tf.Tensor,
  suffix: KeyValues,
  later: tf.Tensor,
  weights: Lookup,
): Attended {
  const [rows, heads, , headWidth] = queries.shape as [number, number, number, number];
  const batch = prefix.values.shape[0]!;
  const beams = rows / batch;
  const prefixLength = prefix.values.shape[2]!;
  const length = suffix.values.shape[2]!;
  const beamQueries = tf.transpose(tf.reshape(queries, [batch, beams, heads, headWidth]), [0, 2, 1, 3]); // [batch, heads, beams, headWidth]
  const shared = tf.add(tf.matMul(beamQueries, prefix.keys), hidden); // [batch, heads, beams, prefix]
  const sharedRows = tf.reshape(tf.transpose(shared, [0, 2, 1, 3]), [rows, heads, 1, prefixLength]); // [rows, heads, 1, prefix]
  const own = tf.add(tf.matMul(queries, suffix.keys), later); // [rows, heads, 1, length]
  const probabilities = tf.softmax(tf.concat([sharedRows, own], 3)); // [rows, heads, 1, prefix + length]
  const [toShared, toOwn] = tf.split(probabilities, [prefixLength, length], 3) as [tf.Tensor, tf.Tensor]; // [rows, heads, 1, prefix], [rows, heads, 1, length]
  const byBeam = tf.transpose(tf.reshape(toShared, [batch, beams, heads, prefixLength]), [0, 2, 1, 3]); // [batch, heads, beams, prefix]
  const fromShared = tf.reshape(joinHeads(tf.matMul(byBeam, prefix.values)), [rows, 1, heads * headWidth]); // [rows, 1, width]
  const fromOwn = joinHeads(tf.matMul(toOwn, suffix.values)); // [rows, 1, width]
  return { output: linear(tf.add(fromShared, fromOwn), weights, "output"), probabilities };
}
