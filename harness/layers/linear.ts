import * as tf from "@tensorflow/tfjs-core";
import type { Lookup } from "./weights.js";

/** x·kernel + bias over the last axis. */
export function linear(x: tf.Tensor, weights: Lookup, name: string): tf.Tensor {
  return tf.add(project(x, weights(`${name}.kernel`)), weights(`${name}.bias`)); // [..., out]
}

/** x·kernel over the last axis: all rows in one matrix product, which is also a 1×1 convolution. */
export function project(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [input, output] = kernel.shape as [number, number];
  const rows = tf.reshape(x, [-1, input]); // [rows, in]
  return tf.reshape(tf.matMul(rows, kernel), [...x.shape.slice(0, -1), output]); // [..., out]
}

/** x·Φ(x), exact; its gradient Φ(x) + x·φ(x) reuses Φ. */
export const gelu = tf.customGrad((...parameters) => {
  const [x, save] = parameters as unknown as [tf.Tensor, tf.GradSaveFunc];
  const doubled = tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1); // [...]
  save([x, doubled]);
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [x, doubled] = saved as [tf.Tensor, tf.Tensor];
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), Math.sqrt(2 / Math.PI)); // [...]
    return tf.mul(dy, tf.mul(tf.add(doubled, tf.mul(x, density)), 0.5)); // [...]
  };
  return { value: tf.mul(tf.mul(x, doubled), 0.5), gradFunc };
}) as (x: tf.Tensor) => tf.Tensor;
