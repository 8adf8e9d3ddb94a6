import * as tf from "@tensorflow/tfjs-core";

/*
 * A mask is added to attention scores: 0 where a query may look, and so far below every score where it may not that
 * softmax makes exactly 0 of it.
 */

/** What is added to a score where a query may not look. */
export const MASKED = -1e9;

/** Masks the keys where `visible` `[batch, key]` is 0. */
export function maskKeys(visible: tf.Tensor): tf.Tensor {
  const [batch, keys] = visible.shape as [number, number];
  return tf.reshape(tf.mul(tf.sub(1, visible), MASKED), [batch, 1, 1, keys]); // [batch, 1, 1, key]
}

/** From left to right: masks every key after its query. */
export function causalMask(tokens: number): tf.Tensor {
  return prefixMask(0, tokens); // [1, 1, query, key]
}

/** Masks every key after its query, except that all queries see the first `prefix` keys. */
export function prefixMask(prefix: number, tokens: number): tf.Tensor {
  const side = prefix + tokens;
  const mask = new Float32Array(side * side);
  for (let query = 0; query < side; query++) {
    mask.fill(MASKED, query * side + Math.max(query + 1, prefix), (query + 1) * side);
  }
  return tf.tensor(mask, [1, 1, side, side]); // [1, 1, query, key]
}

/** Masks the places of a cache of `length` after `position`, an int32 scalar. */
export function maskAfter(position: tf.Tensor, length: number): tf.Tensor {
  const later = tf.cast(tf.greater(tf.range(0, length, 1, "int32"), position), "float32"); // [length]
  return tf.reshape(tf.mul(later, MASKED), [1, 1, 1, length]); // [1, 1, 1, length]
}

/**
 * Hides places of a picture from those that look, where its patches are some of the keys.
 * @param hidden `[rows, patches]`, 1 for what must not be seen
 * @param keys how many keys stand before the patches, and how many behind them
 * @param queries where not all are kept from looking: how many there are, and the first that is
 * @returns `[rows, 1, query or 1, key]`
 */
export function hidePatches(
  hidden: tf.Tensor,
  keys: { readonly before: number; readonly behind: number },
  queries?: { readonly count: number; readonly first: number },
): tf.Tensor {
  const all = tf.pad(hidden as tf.Tensor2D, [
    [0, 0],
    [keys.before, keys.behind],
  ]); // [rows, key]
  const mask = tf.mul(tf.reshape(all, [all.shape[0]!, 1, 1, all.shape[1]!]), MASKED); // [rows, 1, 1, key]
  if (!queries) return mask;
  const kept = Float32Array.from({ length: queries.count }, (_, query) => (query < queries.first ? 0 : 1));
  return tf.mul(mask, tf.tensor4d(kept, [1, 1, queries.count, 1])); // [rows, 1, query, key]
}

/** Masks nothing. */
export function noMask(): tf.Tensor {
  return tf.zeros([1, 1, 1, 1]); // [1, 1, 1, 1]
}
