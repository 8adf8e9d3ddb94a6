import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../layers/weights.js";
import type { Objective, TensorBatch } from "../models/trainable.js";
import { type AdamWOptions, adamw, globalNorm, inOrder, type Moments } from "./adamw.js";

/** The constants of a training step. */
export interface TrainingStepOptions extends AdamWOptions {
  /** Gradients with a larger norm, over all weights, are scaled down to it; default 1. */
  readonly clipNorm?: number;
}

/** The constants of a step unless its options say otherwise. */
export const TRAINING_STEP_DEFAULTS = { clipNorm: 1 } as const;

/** What the gradients of a batch are computed of. It is a type and not an interface because compile() takes trees, which have string keys. */
export type GradientInputs = {
  readonly weights: Weights;
  readonly batch: TensorBatch;
  readonly noise?: Weights | undefined;
};

/** What a batch says of the weights. */
export type GradientResult = {
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  /** Scalar: √Σg² over all gradients. */
  readonly gradientNorm: tf.Tensor;
  /** Scalar. */
  readonly loss: tf.Tensor;
};

/** What training minimises. */
export type Loss = Pick<Objective<unknown>, "lossAndGradients">;

const NORM_EPSILON = 1e-6;

/** The first half of a training step as one pure function: forward and backward. Compile it. */
export function createGradients(objective: Loss): (inputs: GradientInputs) => GradientResult {
  return ({ weights, batch, noise }) => {
    const { loss, gradients } = objective.lossAndGradients(weights, batch, noise);
    return { gradients, gradientNorm: globalNorm(gradients), loss };
  };
}

/** What the computation of one part of a batch takes. */
export type AccumulationInputs = GradientInputs & {
  /** What the parts before it have given; zeros for the first. */
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  readonly loss: tf.Tensor;
  /** Scalar float32: the share of the whole batch's loss that is this part's. */
  readonly share: tf.Tensor;
};

/**
 * Computes one part of a batch that is too large for memory: adds its share of loss and gradients to those of the parts
 * before, in whose place the sums may go.
 */
export function createAccumulation(objective: Loss): (inputs: AccumulationInputs) => GradientResult {
  return ({ weights, batch, noise, gradients, loss, share }) => {
    const part = objective.lossAndGradients(weights, batch, noise);
    const sums = Object.fromEntries(
      inOrder(part.gradients).map(
        ([name, gradient]) => [name, tf.add(gradients[name]!, tf.mul(gradient, share))] as const,
      ),
    );
    return { gradients: sums, gradientNorm: globalNorm(sums), loss: tf.add(loss, tf.mul(part.loss, share)) };
  };
}

/** What is trained: it goes on from step to step. */
export type TrainedTensors = {
  readonly weights: Weights;
  readonly moments: Moments;
};

/** What the second half of a step takes. */
export type UpdateInputs = TrainedTensors &
  Pick<GradientResult, "gradients" | "gradientNorm"> & {
    /** Scalar float32. */
    readonly learningRate: tf.Tensor;
    /** Scalar float32: 1 at the first step. */
    readonly step: tf.Tensor;
  };

/**
 * The second half of a training step: clipping by the global norm, AdamW. Each number of the result depends on the same
 * places of the arguments, so it may go over them.
 */
export function createUpdate(options: TrainingStepOptions = {}): (inputs: UpdateInputs) => TrainedTensors {
  const { clipNorm } = { ...TRAINING_STEP_DEFAULTS, ...options };
  return ({ weights, moments, gradients, gradientNorm, learningRate, step }) => {
    const gradientScale = tf.minimum(1, tf.div(clipNorm, tf.add(gradientNorm, NORM_EPSILON))); // []
    return adamw(weights, gradients, moments, { learningRate, step, gradientScale }, options);
  };
}
