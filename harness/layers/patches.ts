import * as tf from "@tensorflow/tfjs-core";

/**
 * The features of each square window side by side, row by row: what a convolution of that size and stride looks at.
 * @param x `[batch, height, width, channels]`, height and width multiples of `window`
 * @returns `[batch, patches, window² · channels]`, the patches row by row
 */
export function joinPatches(x: tf.Tensor, window: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [height / window, width / window];
  if (window === 1) return tf.reshape(x, [batch, rows * columns, channels]); // [batch, patches, channels]
  const windows = tf.reshape(x, [batch, rows, window, columns, window * channels]); // [batch, rows, window, columns, window · channels]
  const gathered = tf.transpose(windows, [0, 1, 3, 2, 4]); // [batch, rows, columns, window, window · channels]
  return tf.reshape(gathered, [batch, rows * columns, window * window * channels]); // [batch, patches, window² · channels]
}
