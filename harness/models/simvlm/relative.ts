import * as tf from "@tensorflow/tfjs-core";
import { under, type Weights } from "../../layers/weights.js";

/**
 * CoAtNet's relative attention: the score of two image tokens gains a learned number that depends on the head and on
 * how many rows and columns lie between them. Text tokens gain nothing.
 *
 * @param imageTokens how many there are, a square grid at the start of the sequence
 * @param others how many tokens follow them
 * @param mask what every layer adds to its scores, broadcast to `[batch, heads, query, key]`
 * @returns what the layer of a name (`encoder.3`) adds to its scores
 */
export function layerBiases(
  imageTokens: number,
  others: number,
  mask: tf.Tensor,
  weights: Weights,
): (layer: string) => tf.Tensor {
  if (imageTokens === 0) return () => mask;
  const side = Math.sqrt(imageTokens);
  const offsets = offsetsOfPairs(side); // [offsets, side · side]
  return (layer) => {
    const table = under(weights, `${layer}.attention`)("relative"); // [heads, offsets · offsets]
    const heads = table.shape[0]!;
    const rows = tf.reshape(table, [heads * (2 * side - 1), 2 * side - 1]); // [heads · offsets, offsets]
    const columns = tf.reshape(tf.matMul(rows, offsets), [heads, 2 * side - 1, imageTokens]); // [heads, offsets, side · side]
    const pairs = tf.matMul(tf.expandDims(offsets, 0), columns, true); // [heads, side · side, side · side]
    const byAxis = tf.reshape(pairs, [heads, side, side, side, side]); // [heads, query row, key row, query column, key column]
    const byToken = tf.transpose(byAxis, [0, 1, 3, 2, 4]); // [heads, query row, query column, key row, key column]
    const images = tf.reshape(byToken, [1, heads, imageTokens, imageTokens]); // [1, heads, query, key]
    const bias =
      others > 0
        ? tf.pad(images, [
            [0, 0],
            [0, 0],
            [0, others],
            [0, others],
          ])
        : images; // [1, heads, query + others, key + others]
    return tf.add(bias, mask); // [batch, heads, query, key]
  };
}

/**
 * For each pair of places on a line, which of the 2·side − 1 offsets lies between them: as ones in a matrix, so that
 * looking up, and its gradient, are products of small matrices, once for rows and once for columns.
 */
function offsetsOfPairs(side: number): tf.Tensor {
  const ones = new Float32Array((2 * side - 1) * side * side);
  for (let query = 0; query < side; query++) {
    for (let key = 0; key < side; key++) {
      const offset = key - query + side - 1;
      ones[offset * side * side + query * side + key] = 1;
    }
  }
  return tf.tensor2d(ones, [2 * side - 1, side * side]); // [offsets, query · key]
}
