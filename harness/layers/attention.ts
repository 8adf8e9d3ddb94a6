import * as tf from "@tensorflow/tfjs-core";
import { linear } from "./linear.js";
import type { Lookup } from "./weights.js";

/** Added to the score of a key that must not be seen; softmax makes exactly 0 of it. */
const HIDDEN = -1e9;

/**
 * Keys are laid out `[batch, heads, headWidth, key]` and values `[batch, heads, key, headWidth]`, ready for their
 * products with queries `[batch, heads, query, headWidth]` and probabilities.
 */
export type KeyValues = { readonly keys: tf.Tensor; readonly values: tf.Tensor };

/** `output` `[batch, query, width]`, `probabilities` `[batch, heads, query, key]`. */
export interface Attended {
  readonly output: tf.Tensor;
  readonly probabilities: tf.Tensor;
}

/** Attention of `x` `[batch, tokens, width]` to itself; `bias` broadcasts to `[batch, heads, query, key]`. */
export function selfAttention(
  x: tf.Tensor,
  bias: tf.Tensor,
  weights: Lookup,
  heads: number,
  probe?: tf.Tensor,
): Attended & KeyValues {
  const { queries, keys, values } = queriesKeysValues(x, weights, heads);
  return { ...attend(queries, { keys, values }, bias, weights, probe), keys, values };
}

/** Attention of `x` `[batch, query, width]` to keys and values made by `crossKeyValues`. */
export function crossAttention(
  x: tf.Tensor,
  seen: KeyValues,
  bias: tf.Tensor,
  weights: Lookup,
  heads: number,
  probe?: tf.Tensor,
): Attended {
  return attend(splitHeads(scaled(linear(x, weights, "query"), heads), heads), seen, bias, weights, probe);
}

/** Keys and values of the encoder's output `[batch, key, width]`: the same whatever is decoded from it. */
export function crossKeyValues(memory: tf.Tensor, weights: Lookup, heads: number): KeyValues {
  const [keys, values] = tf.split(linear(memory, weights, "kv"), 2, -1) as [tf.Tensor, tf.Tensor]; // 2 × [batch, key, width]
  return { keys: splitKeyHeads(keys, heads), values: splitHeads(values, heads) };
}

/** The three projections of self-attention by head, queries already scaled by 1/√headWidth. */
export function queriesKeysValues(x: tf.Tensor, weights: Lookup, heads: number): KeyValues & { queries: tf.Tensor } {
  const parts = tf.split(linear(x, weights, "qkv"), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]; // 3 × [batch, tokens, width]
  return {
    queries: splitHeads(scaled(parts[0], heads), heads), // [batch, heads, tokens, headWidth]
    keys: splitKeyHeads(parts[1], heads), // [batch, heads, headWidth, tokens]
    values: splitHeads(parts[2], heads), // [batch, heads, tokens, headWidth]
  };
}

/** (softmax(queries · keys + bias) + probe) · values, through the output projection. */
export function attend(
  queries: tf.Tensor,
  { keys, values }: KeyValues,
  bias: tf.Tensor,
  weights: Lookup,
  probe?: tf.Tensor,
): Attended {
  const scores = tf.add(tf.matMul(queries, keys), bias); // [batch, heads, query, key]
  const softmax = tf.softmax(scores); // [batch, heads, query, key]
  const probabilities = probe ? tf.add(softmax, probe) : softmax; // [batch, heads, query, key]
  const context = joinHeads(tf.matMul(probabilities, values)); // [batch, query, width]
  return { output: linear(context, weights, "output"), probabilities };
}

function scaled(queries: tf.Tensor, heads: number): tf.Tensor {
  return tf.mul(queries, Math.sqrt(heads / queries.shape.at(-1)!)); // [batch, query, width]
}

function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  return tf.transpose(byHead(x, heads), [0, 2, 1, 3]); // [batch, heads, tokens, headWidth]
}

function splitKeyHeads(x: tf.Tensor, heads: number): tf.Tensor {
  return tf.transpose(byHead(x, heads), [0, 2, 3, 1]); // [batch, heads, headWidth, tokens]
}

function byHead(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  return tf.reshape(x, [batch, tokens, heads, width / heads]); // [batch, tokens, heads, headWidth]
}

/** `[batch, heads, tokens, headWidth]` to `[batch, tokens, width]`. */
export function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, tokens, headWidth] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * headWidth]); // [batch, tokens, width]
}

/** Hides the keys where `visible` `[batch, key]` is 0. */
export function hideKeys(visible: tf.Tensor): tf.Tensor {
  const [batch, keys] = visible.shape as [number, number];
  return tf.reshape(tf.mul(tf.sub(1, visible), HIDDEN), [batch, 1, 1, keys]); // [batch, 1, 1, key]
}

/** Hides every key after its query, save that all see the first `prefix` keys. */
export function hideFuture(tokens: number, prefix = 0): tf.Tensor {
  const side = prefix + tokens;
  const bias = new Float32Array(side * side);
  for (let query = 0; query < side; query++) {
    bias.fill(HIDDEN, query * side + Math.max(query + 1, prefix), (query + 1) * side);
  }
  return tf.tensor(bias, [1, 1, side, side]); // [1, 1, query, key]
}

/** Hides the places of a cache of `length` after `position`, an int32 scalar. */
export function hideAfter(position: tf.Tensor, length: number): tf.Tensor {
  const later = tf.cast(tf.greater(tf.range(0, length, 1, "int32"), position), "float32"); // [length]
  return tf.reshape(tf.mul(later, HIDDEN), [1, 1, 1, length]); // [1, 1, 1, length]
}
