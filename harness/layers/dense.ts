import * as tf from "@tensorflow/tfjs-core";
import { normaliseAtOnce } from "./norms.js";
import { type ParameterShapes, under, type Weights } from "./weights.js";

/*
 * Linear layers and norms by the names and in the layout in which PyTorch keeps them: published checkpoints are read as
 * they are. `NAME.weight` of a linear layer is `[out, in]`.
 */

/** x·weightᵀ + bias over the last axis. */
export function dense(x: tf.Tensor, weights: Weights, name: string): tf.Tensor {
  const get = under(weights, name);
  return multiply(x, get("weight"), get("bias"), true); // [..., out]
}

/** x·weight + bias over the last axis: the `Conv1D` of GPT-2, whose weight is `[in, out]`. */
export function conv1d(x: tf.Tensor, weights: Weights, name: string): tf.Tensor {
  const get = under(weights, name);
  return multiply(x, get("weight"), get("bias"), false); // [..., out]
}

/** x·kernelᵀ + bias over the last axis; zeros where there is no bias. @param kernel `[out, in]` */
export function denseBy(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  return multiply(x, kernel, bias ?? tf.zeros([kernel.shape[0]!]), true); // [..., out]
}

/** All rows in one product, which takes the bias along. */
function multiply(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, transposed: boolean): tf.Tensor {
  const [rows, columns] = kernel.shape as [number, number];
  const [input, output] = transposed ? [columns, rows] : [rows, columns];
  const a = tf.reshape(x, [-1, input]); // [rows, in]
  const product = tf.fused.matMul({ a, b: kernel, transposeB: transposed, bias }); // [rows, out]
  return tf.reshape(product, [...x.shape.slice(0, -1), output]); // [..., out]
}

/** The layer norm whose weights are `NAME.weight` and `NAME.bias`. */
export function normAt(weights: Weights, name: string, epsilon: number): (x: tf.Tensor) => tf.Tensor {
  const get = under(weights, name);
  return (x) => normaliseAtOnce(x, get("weight"), get("bias"), epsilon); // [..., width]
}

/** The shapes of {@link dense}'s weights. */
export function denseShapes(name: string, input: number, output: number): ParameterShapes {
  return { [`${name}.weight`]: [output, input], [`${name}.bias`]: [output] };
}

/** The shapes of {@link conv1d}'s weights. */
export function conv1dShapes(name: string, input: number, output: number): ParameterShapes {
  return { [`${name}.weight`]: [input, output], [`${name}.bias`]: [output] };
}

/** The shapes of a layer norm's weights. */
export function normShapes(name: string, width: number): ParameterShapes {
  return { [`${name}.weight`]: [width], [`${name}.bias`]: [width] };
}
