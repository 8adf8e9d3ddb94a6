import * as tf from "@tensorflow/tfjs-core";
import { layerNormalization } from "../engine/layer-normalization.js";
import type { Lookup } from "./weights.js";

/*
 * Both norms have their gradients written out: tfjs's own would take about twice as many passes over the activations.
 */

const EPSILON = 1e-6;

/**
 * Normalises the last axis to mean 0 and variance 1, then scales and shifts it.
 * @param epsilon what is added to the variance; families differ in it
 */
export function layerNorm(x: tf.Tensor, weights: Lookup, name: string, epsilon = EPSILON): tf.Tensor {
  return normalise(x, weights(`${name}.scale`), weights(`${name}.bias`), epsilon); // [..., width]
}

/** As {@link layerNorm}, with the scale and the shift, `[width]`, at hand. */
export function normalise(x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return normaliseLast(epsilon)(x, scale, bias); // [..., width]
}

const normaliseLast = (epsilon: number) =>
  tf.customGrad((...parameters) => {
    const [x, scale, bias, save] = parameters as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centered = tf.sub(x, tf.mean(x, -1, true)); // [..., width]
    const variance = tf.mean(tf.square(centered), -1, true); // [..., 1]
    const deviation = tf.sqrt(tf.add(variance, epsilon)); // [..., 1]
    const normal = tf.div(centered, deviation); // [..., width]
    save([normal, deviation, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [normal, deviation, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scaled = tf.mul(dy, scale); // [..., width]
      const along = tf.mul(normal, tf.mean(tf.mul(scaled, normal), -1, true)); // [..., width]
      const dx = tf.div(tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along), deviation); // [..., width]
      return [dx, sumRows(tf.mul(dy, normal)), sumRows(dy)];
    };
    return { value: tf.add(tf.mul(normal, scale), bias), gradFunc };
  });

/**
 * As {@link normalise}, by one operator where it is compiled. It takes the variance as a difference of means, as ONNX
 * Runtime does, which is exact to the last digits only where the mean is not far larger than the deviation.
 */
export function normaliseAtOnce(x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return normaliseLastAtOnce(epsilon)(x, scale, bias); // [..., width]
}

const normaliseLastAtOnce = (epsilon: number) =>
  tf.customGrad((...parameters) => {
    const [x, scale, bias, save] = parameters as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, mean, inverse] = layerNormalization(x, scale, bias, epsilon); // [..., width], 2 × [..., 1]
    save([x, mean, inverse, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, mean, inverse, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return slopes(dy, tf.mul(tf.sub(x, mean), inverse), inverse, scale);
    };
    return { value, gradFunc };
  });

/** Gradients with respect to x, scale and bias. @param normal x normalised @param inverse 1 / deviation */
function slopes(dy: tf.Tensor, normal: tf.Tensor, inverse: tf.Tensor, scale: tf.Tensor): tf.Tensor[] {
  const scaled = tf.mul(dy, scale); // [..., width]
  const along = tf.mul(normal, tf.mean(tf.mul(scaled, normal), -1, true)); // [..., width]
  const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along), inverse); // [..., width]
  return [dx, sumRows(tf.mul(dy, normal)), sumRows(dy)];
}

/** Sums over all axes but the last. */
function sumRows(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(x, [-1, x.shape.at(-1)!]), 0); // [width]
}

/**
 * Group norm of `[batch, height, width, channels]`. The statistics, not the activations, take the shape of the groups:
 * what is applied to the picture is one scale and one shift a channel, along the long inner axis.
 */
export function groupNorm(x: tf.Tensor, weights: Lookup, name: string, groups: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = tf.reshape(x, [batch, height * width, channels]); // [batch, pixels, channels]
  const grouped = (parameter: string) => tf.reshape(weights(`${name}.${parameter}`), [1, groups, channels / groups]); // [1, groups, channels / groups]
  return tf.reshape(normaliseGroups(pixels, grouped("scale"), grouped("bias")), x.shape); // [batch, height, width, channels]
}

const normaliseGroups = tf.customGrad((...parameters) => {
  const [x, scale, bias, save] = parameters as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  const groups = scale.shape; // 1, groups, channels / groups
  const mean = groupMean(meanPixel(x, groups)); // [batch, groups, 1]
  const variance = tf.relu(tf.sub(groupMean(meanPixel(tf.square(x), groups)), tf.square(mean))); // [batch, groups, 1]
  const deviation = tf.sqrt(tf.add(variance, EPSILON)); // [batch, groups, 1]
  const factor = tf.div(scale, deviation); // [batch, groups, channels / groups]
  const shift = tf.sub(bias, tf.mul(mean, factor)); // [batch, groups, channels / groups]
  save([x, scale, mean, deviation]);
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [x, scale, mean, deviation] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const pixels = x.shape[1]!;
    const meanDy = meanPixel(dy, groups); // [batch, groups, channels / groups]
    const meanDyX = meanPixel(tf.mul(dy, x), groups); // [batch, groups, channels / groups]
    const meanDyNormal = tf.div(tf.sub(meanDyX, tf.mul(mean, meanDy)), deviation); // [batch, groups, channels / groups]
    // dx = (scale·dy − mean(scale·dy) − normal·mean(scale·dy·normal)) / deviation, gathered by dy, x and 1.
    const slope = tf.div(groupMean(tf.mul(scale, meanDyNormal)), tf.square(deviation)); // [batch, groups, 1]
    const level = tf.div(groupMean(tf.mul(scale, meanDy)), deviation); // [batch, groups, 1]
    const ofX = tf.mul(tf.neg(slope), tf.onesLike(scale)); // [batch, groups, channels / groups]
    const ofOne = tf.mul(tf.sub(tf.mul(slope, mean), level), tf.onesLike(scale)); // [batch, groups, channels / groups]
    const dx = tf.add(affine(dy, tf.div(scale, deviation), ofOne), tf.mul(x, perChannel(ofX))); // [batch, pixels, channels]
    const total = (perExample: tf.Tensor) => tf.mul(tf.sum(perExample, 0, true), pixels); // [1, groups, channels / groups]
    return [dx, total(meanDyNormal), total(meanDy)];
  };
  return { value: affine(x, factor, shift), gradFunc };
});

/** The mean over the pixels of `[batch, pixels, channels]`: a matrix product, which is faster than a reduction. */
function meanPixel(x: tf.Tensor, [, groups, channels]: readonly number[]): tf.Tensor {
  const pixels = x.shape[1]!;
  const mean = tf.matMul(tf.fill([1, 1, pixels], 1 / pixels), x); // [batch, 1, channels]
  return tf.reshape(mean, [x.shape[0]!, groups!, channels!]); // [batch, groups, channels / groups]
}

function groupMean(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, 2, true); // [batch, groups, 1]
}

function affine(x: tf.Tensor, factor: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(x, perChannel(factor)), perChannel(shift)); // [batch, pixels, channels]
}

function perChannel(x: tf.Tensor): tf.Tensor {
  const [batch, groups, channels] = x.shape as [number, number, number];
  return tf.reshape(x, [batch, 1, groups * channels]); // [batch, 1, channels]
}
