import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../layers/weights.js";
import type { LossAndGradients } from "./trainable.js";

/**
 * The PrefixLM loss: mean negative log-probability (nats) of the targets, over those of weight 1.
 * @param logits `[batch, suffix, vocabulary]`
 * @param targets `[batch, suffix]` int32
 * @param targetWeights `[batch, suffix]`
 */
export function prefixLoss(logits: tf.Tensor, targets: tf.Tensor, targetWeights: tf.Tensor): tf.Tensor {
  const chosen = tf.oneHot(targets as tf.Tensor2D, logits.shape[2]!, 1, 0, "float32"); // [batch, suffix, vocabulary]
  const logProbabilities = tf.sum(tf.mul(tf.logSoftmax(logits), chosen), -1); // [batch, suffix]
  const total = tf.sum(tf.mul(logProbabilities, targetWeights)); // []
  return tf.neg(tf.div(total, tf.maximum(tf.sum(targetWeights), 1))); // []
}

/**
 * The same with smoothed labels, as the original GIT has it: the divergence (nats) from a target whose share is
 * `1 − smoothing`, all other tokens having the rest in equal parts.
 */
export function smoothedLoss(
  logits: tf.Tensor,
  targets: tf.Tensor,
  targetWeights: tf.Tensor,
  smoothing: number,
): tf.Tensor {
  const vocabulary = logits.shape[2]!;
  const rest = smoothing / (vocabulary - 1);
  const chosen = tf.oneHot(targets as tf.Tensor2D, vocabulary, 1, 0, "float32"); // [batch, suffix, vocabulary]
  const wanted = tf.add(tf.mul(chosen, 1 - smoothing - rest), rest); // [batch, suffix, vocabulary]
  const crossEntropies = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), wanted), -1)); // [batch, suffix]
  const entropy = -(1 - smoothing) * Math.log(1 - smoothing) - smoothing * Math.log(rest);
  const total = tf.sum(tf.mul(tf.sub(crossEntropies, entropy), targetWeights)); // []
  return tf.div(total, tf.maximum(tf.sum(targetWeights), 1)); // []
}

/** The gradient of a scalar loss with respect to the weights it uses; for the others, zeros. */
export function differentiate(
  weights: Weights,
  isUsed: (name: string) => boolean,
  loss: (weights: Weights) => tf.Tensor,
): LossAndGradients {
  const names = Object.keys(weights);
  const used = names.filter(isUsed);
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    return loss({ ...weights, ...Object.fromEntries(used.map((name, index) => [name, tensors[index]!])) }) as tf.Scalar;
  })(used.map((name) => weights[name]!));
  const gradients = Object.fromEntries(used.map((name, index) => [name, grads[index]!]));
  for (const name of names) gradients[name] ??= tf.zeros(weights[name]!.shape);
  return { loss: value, gradients };
}
