import * as tf from "@tensorflow/tfjs-core";
import type { Lookup } from "./weights.js";

const EPSILON = 1e-6;

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

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it. */
export function layerNorm(x: tf.Tensor, weights: Lookup, name: string): tf.Tensor {
  const centered = tf.sub(x, tf.mean(x, -1, true)); // [..., width]
  const variance = tf.mean(tf.square(centered), -1, true); // [..., 1]
  const normal = tf.div(centered, tf.sqrt(tf.add(variance, EPSILON))); // [..., width]
  return tf.add(tf.mul(normal, weights(`${name}.scale`)), weights(`${name}.bias`)); // [..., width]
}

/**
 * Group norm of `[batch, side, side, channels]`. The statistics, not the activations, take the shape of the groups:
 * what is applied to the picture is one scale and one shift a channel, along the long inner axis.
 */
export function groupNorm(x: tf.Tensor, weights: Lookup, name: string, groups: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const grouped = [batch, groups, channels / groups];
  const perGroup = (statistic: tf.Tensor) => tf.mean(tf.reshape(statistic, grouped), 2, true); // [batch, groups, 1]
  const perChannel = (parameter: string) => tf.reshape(weights(`${name}.${parameter}`), [1, ...grouped.slice(1)]); // [1, groups, channels / groups]
  const pixels = tf.reshape(x, [batch, height * width, channels]); // [batch, pixels, channels]

  const mean = perGroup(tf.mean(pixels, 1)); // [batch, groups, 1]
  const meanSquare = perGroup(tf.mean(tf.square(pixels), 1)); // [batch, groups, 1]
  const variance = tf.relu(tf.sub(meanSquare, tf.square(mean))); // [batch, groups, 1]
  const scale = tf.div(perChannel("scale"), tf.sqrt(tf.add(variance, EPSILON))); // [batch, groups, channels / groups]
  const shift = tf.sub(perChannel("bias"), tf.mul(mean, scale)); // [batch, groups, channels / groups]

  const scaled = tf.mul(pixels, tf.reshape(scale, [batch, 1, channels])); // [batch, pixels, channels]
  return tf.reshape(tf.add(scaled, tf.reshape(shift, [batch, 1, channels])), x.shape); // [batch, height, width, channels]
}

/** x·Φ(x), exact. */
export function gelu(x: tf.Tensor): tf.Tensor {
  const upTo = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5); // [...]
  return tf.mul(x, upTo); // [...]
}
