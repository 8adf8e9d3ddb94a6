import * as tf from "@tensorflow/tfjs-core";
import type { SimVLMConfig } from "../model/config.js";
import { lossAndGradients, type TrainingInputs } from "../model/loss.js";
import type { Noise } from "../model/noise.js";
import type { Weights } from "../model/weights.js";
import { type AdamWOptions, adamw, globalNorm, type Moments } from "./adamw.js";

export interface TrainingStepOptions extends AdamWOptions {
  /** Gradients whose norm, over all weights, is larger are scaled down to it. */
  readonly clipNorm?: number;
}

export const TRAINING_STEP_DEFAULTS = { clipNorm: 1 } as const;

/** A type, not an interface: compile() takes trees, which have string keys. */
export type TrainingStepInputs = {
  readonly weights: Weights;
  readonly moments: Moments;
  readonly batch: TrainingInputs;
  /** Scalar float32. */
  readonly learningRate: tf.Tensor;
  /** Scalar float32: 1 at the first step. */
  readonly step: tf.Tensor;
  readonly noise?: Noise | undefined;
};

export type TrainingStepResult = {
  readonly weights: Record<string, tf.Tensor>;
  readonly moments: Moments;
  /** Scalar: of the weights before the step. */
  readonly loss: tf.Tensor;
  /** Scalar: of the gradients before they were clipped. */
  readonly gradientNorm: tf.Tensor;
};

const NORM_EPSILON = 1e-6;

/**
 * A training step as one pure function: forward, backward, clipping by the global norm, AdamW. Compile it and feed its
 * weights and moments to the next step; two sets of them, written in turn by `into`, make a loop that allocates nothing.
 */
export function createTrainingStep(
  config: SimVLMConfig,
  options: TrainingStepOptions = {},
): (inputs: TrainingStepInputs) => TrainingStepResult {
  const { clipNorm } = { ...TRAINING_STEP_DEFAULTS, ...options };
  return ({ weights, moments, batch, learningRate, step, noise }) => {
    const { loss, gradients } = lossAndGradients(weights, batch, config, { noise });
    const gradientNorm = globalNorm(gradients); // []
    const gradientScale = tf.minimum(1, tf.div(clipNorm, tf.add(gradientNorm, NORM_EPSILON))); // []
    const after = adamw(weights, gradients, moments, { learningRate, step, gradientScale }, options);
    return { ...after, loss, gradientNorm };
  };
}
