import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../../layers/weights.js";
import type { LossAndGradients } from "../trainable.js";
import type { ForwardOptions } from "./context.js";
import type { ModelInputs } from "./inputs.js";
import { forward } from "./model.js";
import { declareWeights } from "./parameters.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** A `PrefixBatch` on a backend. */
export interface TrainingInputs extends ModelInputs {
  readonly targets: tf.Tensor;
  readonly targetWeights: tf.Tensor;
}

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

/** The loss of a batch and its gradient with respect to every weight. */
export function lossAndGradients(
  weights: Weights,
  batch: TrainingInputs,
  config: SimVLMConfig,
  options: ForwardOptions = {},
): LossAndGradients {
  const used = usedWeights(config, batch);
  const isUsed = (name: string) => used.has(name);
  return differentiate(weights, isUsed, (trained) => {
    const { logits } = forward(trained, batch, config, options); // [batch, suffix, vocabulary]
    return prefixLoss(logits, batch.targets, batch.targetWeights); // []
  });
}

/** The names of the model's weights that a batch uses: without pictures, not those of images. */
export function usedWeights(config: SimVLMConfig, { images }: ModelInputs): ReadonlySet<string> {
  const used = Object.entries(declareWeights(config)).filter(([, { ofImages }]) => images !== undefined || !ofImages);
  return new Set(used.map(([name]) => name));
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
