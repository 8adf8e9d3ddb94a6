import * as tf from "@tensorflow/tfjs-core";
import { linear } from "./linear.js";
import { layerNorm } from "./norms.js";
import type { Lookup } from "./weights.js";

/**
 * Keys are laid out `[batch, heads, headWidth, key]` and values `[batch, heads, key, headWidth]`, ready for their
 * products with queries `[batch, heads, query, headWidth]` and probabilities.
 */
export type KeyValues = { readonly keys: tf.Tensor; readonly values: tf.Tensor };

/** Keys and values, and the mask that is added to their scores; it broadcasts to `[batch, heads, query, key]`. */
export type MaskedKeyValues = KeyValues & { readonly mask: tf.Tensor };

/** `output` `[batch, query, width]`, `probabilities` `[batch, heads, query, key]`. */
export interface Attended {
  readonly output: tf.Tensor;
  readonly probabilities: tf.Tensor;
}

/**
 * One attention's weights as functions of states `[batch, tokens, width]`, each to `[batch, tokens, width]`: a family
 * fuses its projections or keeps them apart, and names them, as its checkpoints do.
 */
export interface AttentionBlock {
  readonly heads: number;
  readonly norm: (x: tf.Tensor) => tf.Tensor;
  /** Of the same states, for self-attention. */
  readonly queriesKeysValues: (x: tf.Tensor) => readonly [queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor];
  /** Of the states that look, for cross-attention. */
  readonly queries: (x: tf.Tensor) => tf.Tensor;
  /** Of the states that are looked at, for cross-attention. */
  readonly keysValues: (x: tf.Tensor) => readonly [keys: tf.Tensor, values: tf.Tensor];
  readonly output: (x: tf.Tensor) => tf.Tensor;
}

/** Projections side by side in one matrix: `qkv` for self-attention, `query` and `kv` for cross-attention. */
export function fusedAttention(weights: Lookup, heads: number): AttentionBlock {
  return {
    heads,
    norm: (x) => layerNorm(x, weights, "norm"),
    queriesKeysValues: (x) => tf.split(linear(x, weights, "qkv"), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor], // 3 × [batch, tokens, width]
    queries: (x) => linear(x, weights, "query"),
    keysValues: (x) => tf.split(linear(x, weights, "kv"), 2, -1) as [tf.Tensor, tf.Tensor], // 2 × [batch, tokens, width]
    output: (x) => linear(x, weights, "output"),
  };
}

/** Queries, keys and values of the same states by head, for self-attention. */
export function projectAll(x: tf.Tensor, block: AttentionBlock): KeyValues & { readonly queries: tf.Tensor } {
  const [queries, keys, values] = block.queriesKeysValues(x); // 3 × [batch, tokens, width]
  return {
    queries: splitQueries(queries, block.heads), // [batch, heads, tokens, headWidth]
    keys: splitKeys(keys, block.heads), // [batch, heads, headWidth, tokens]
    values: splitHeads(values, block.heads), // [batch, heads, tokens, headWidth]
  };
}

/** Queries by head, for cross-attention. */
export function projectQueries(x: tf.Tensor, block: AttentionBlock): tf.Tensor {
  return splitQueries(block.queries(x), block.heads); // [batch, heads, tokens, headWidth]
}

/** Keys and values of a memory `[batch, key, width]`: the same whatever is decoded from it. */
export function projectKeyValues(memory: tf.Tensor, block: AttentionBlock): KeyValues {
  const [keys, values] = block.keysValues(memory); // 2 × [batch, key, width]
  return { keys: splitKeys(keys, block.heads), values: splitHeads(values, block.heads) };
}

/** What is done to an attention from outside; both broadcast to `[batch, heads, query, key]`. */
export interface Intervention {
  /** Added to the scores as a mask is: hides keys from queries. */
  readonly mask?: tf.Tensor | undefined;
  /** Added to the probabilities: the gradient with respect to zeros here is the gradient with respect to the map. */
  readonly probe?: tf.Tensor | undefined;
}

/**
 * (softmax(queries · keys + mask) + probe) · values, through the output projection.
 * @param queries `[batch, heads, query, headWidth]`
 */
export function attend(
  queries: tf.Tensor,
  { keys, values, mask }: MaskedKeyValues,
  block: AttentionBlock,
  intervention?: Intervention,
): Attended {
  const scores = tf.add(tf.matMul(queries, keys), mask); // [batch, heads, query, key]
  const probabilities = softmax(scores, intervention); // [batch, heads, query, key]
  const context = joinHeads(tf.matMul(probabilities, values)); // [batch, query, width]
  return { output: block.output(context), probabilities };
}

/**
 * One attention over keys that several rows share and over each row's own: the beams of an example share its prefix by
 * being queries of one product.
 * @param queries `[rows, heads, 1, headWidth]`
 * @param shared of `batch` rows, of which each serves `rows / batch` rows of the queries, one after another
 * @param own of `rows` rows
 */
export function attendBoth(
  queries: tf.Tensor,
  shared: MaskedKeyValues,
  own: MaskedKeyValues,
  block: AttentionBlock,
  intervention?: Intervention,
): Attended {
  const [rows, heads, , headWidth] = queries.shape as [number, number, number, number];
  const [batch, , sharedKeys] = shared.values.shape as [number, number, number];
  const ownKeys = own.values.shape[2]!;
  const beams = rows / batch;
  const beamQueries = tf.transpose(tf.reshape(queries, [batch, beams, heads, headWidth]), [0, 2, 1, 3]); // [batch, heads, beams, headWidth]
  const byExample = tf.add(tf.matMul(beamQueries, shared.keys), shared.mask); // [batch, heads, beams, shared]
  const sharedScores = tf.reshape(tf.transpose(byExample, [0, 2, 1, 3]), [rows, heads, 1, sharedKeys]); // [rows, heads, 1, shared]
  const ownScores = tf.add(tf.matMul(queries, own.keys), own.mask); // [rows, heads, 1, own]
  const probabilities = softmax(tf.concat([sharedScores, ownScores], 3), intervention); // [rows, heads, 1, shared + own]
  const [toShared, toOwn] = tf.split(probabilities, [sharedKeys, ownKeys], 3) as [tf.Tensor, tf.Tensor]; // [rows, heads, 1, shared], [rows, heads, 1, own]
  const byBeam = tf.transpose(tf.reshape(toShared, [batch, beams, heads, sharedKeys]), [0, 2, 1, 3]); // [batch, heads, beams, shared]
  const fromShared = tf.reshape(joinHeads(tf.matMul(byBeam, shared.values)), [rows, 1, heads * headWidth]); // [rows, 1, width]
  const fromOwn = joinHeads(tf.matMul(toOwn, own.values)); // [rows, 1, width]
  return { output: block.output(tf.add(fromShared, fromOwn)), probabilities };
}

function softmax(scores: tf.Tensor, { mask, probe }: Intervention = {}): tf.Tensor {
  const probabilities = tf.softmax(mask ? tf.add(scores, mask) : scores); // [batch, heads, query, key]
  return probe ? tf.add(probabilities, probe) : probabilities; // [batch, heads, query, key]
}

/** By head, scaled by 1/√headWidth. */
export function splitQueries(x: tf.Tensor, heads: number): tf.Tensor {
  return splitHeads(tf.mul(x, Math.sqrt(heads / x.shape.at(-1)!)), heads); // [batch, heads, tokens, headWidth]
}

/** By head: `[batch, heads, tokens, headWidth]`. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  return tf.transpose(byHead(x, heads), [0, 2, 1, 3]); // [batch, heads, tokens, headWidth]
}

/** By head, ready for the product with queries: `[batch, heads, headWidth, tokens]`. */
export function splitKeys(x: tf.Tensor, heads: number): tf.Tensor {
  return tf.transpose(byHead(x, heads), [0, 2, 3, 1]); // [batch, heads, headWidth, tokens]
}

function byHead(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  return tf.reshape(x, [batch, tokens, heads, width / heads]); // [batch, tokens, heads, headWidth]
}

function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, tokens, headWidth] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * headWidth]); // [batch, tokens, width]
}
