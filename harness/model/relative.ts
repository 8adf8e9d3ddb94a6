import * as tf from "@tensorflow/tfjs-core";
import { under, type Weights } from "./weights.js";

/**
 * CoAtNet's relative attention: the score of two image tokens gains a learned number that depends on the head and on
 * how many rows and columns lie between them. Text tokens gain nothing.
 *
 * @param stack whose layers, `encoder` or `decoder`
 * @param imageTokens how many there are, a square grid at the start of the sequence
 * @param others how many tokens follow them
 * @param hidden what every layer adds to its scores, broadcast to `[batch, heads, query, key]`
 * @returns what the layer of an index adds to its scores
 */
export function layerBiases(
  stack: "encoder" | "decoder",
  imageTokens: number,
  others: number,
  hidden: tf.Tensor,
  weights: Weights,
): (index: number) => tf.Tensor {
  if (imageTokens === 0) return () => hidden;
  const pairs = relativeIndex(Math.sqrt(imageTokens)); // [query · key]
  return (index) => {
    const table = under(weights, `${stack}.${index}.attention`)("relative"); // [(2·side − 1)², heads]
    const byHead = tf.transpose(tf.gather(table, pairs)); // [heads, query · key]
    const images = tf.reshape(byHead, [1, table.shape[1]!, imageTokens, imageTokens]); // [1, heads, query, key]
    const bias =
      others > 0
        ? tf.pad(images, [
            [0, 0],
            [0, 0],
            [0, others],
            [0, others],
          ])
        : images; // [1, heads, query + others, key + others]
    return tf.add(bias, hidden); // [batch, heads, query, key]
  };
}

/** The table's row for each pair of tokens of a square grid, `[query · key]`. */
export function relativeIndex(side: number): tf.Tensor1D {
  const tokens = side * side;
  const offsets = 2 * side - 1;
  const index = new Int32Array(tokens * tokens);
  for (let query = 0; query < tokens; query++) {
    for (let key = 0; key < tokens; key++) {
      const rows = Math.floor(key / side) - Math.floor(query / side) + side - 1;
      const columns = (key % side) - (query % side) + side - 1;
      index[query * tokens + key] = rows * offsets + columns;
    }
  }
  return tf.tensor1d(index, "int32");
}
