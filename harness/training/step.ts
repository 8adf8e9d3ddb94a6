import * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../layers/weights.js";
import type { Objective, TensorBatch } from "../models/trainable.js";
import { type AdamWOptions, adamw, globalNorm, type Moments } from "./adamw.js";

/** The constants of a training step. */
export interface TrainingStepOptions extends AdamWOptions {
  /** Gradients with a larger norm, over all weights, are scaled down to it; default 1. */
  readonly clipNorm?: number;
}

/** The constants of a step unless its options say otherwise. */
export const TRAINING_STEP_DEFAULTS = { clipNorm: 1 } as const;

/**
 * What the optimiser continues from. It is a type and not an interface because compile() takes trees, which have string
 * keys.
 */
export type OptimiserInputs = {
  readonly weights: Weights;
  readonly moments: Moments;
  /** Scalar float32. */
  readonly learningRate: tf.Tensor;
  /** Scalar float32: 1 at the first step. */
  readonly step: tf.Tensor;
};

/** What a step takes. */
export type TrainingStepInputs = OptimiserInputs & {
  readonly batch: TensorBatch;
  readonly noise?: Weights | undefined;
};

/** What an update of the weights returns. */
export type UpdateResult = {
  readonly weights: Record<string, tf.Tensor>;
  readonly moments: Moments;
  /** Scalar: the norm of the gradients before they were clipped. */
  readonly gradientNorm: tf.Tensor;
};

/** What a step returns. */
export type TrainingStepResult = UpdateResult & {
  /** Scalar: the loss with the weights before the step. */
  readonly loss: tf.Tensor;
};

/** What training minimises. */
export type Loss = Pick<Objective<unknown>, "lossAndGradients">;

const NORM_EPSILON = 1e-6;

/**
 * A training step as one pure function: forward, backward, clipping by the global norm, AdamW. Compile it and feed its
 * weights and moments to the next step; two sets of them, written by turns through `into`, make a loop that allocates
 * nothing.
 */
export function createTrainingStep(
  objective: Loss,
  options: TrainingStepOptions = {},
): (inputs: TrainingStepInputs) => TrainingStepResult {
  return ({ batch, noise, ...optimiser }) => {
    const { loss, gradients } = objective.lossAndGradients(optimiser.weights, batch, noise);
    return { ...update(optimiser, gradients, options), loss };
  };
}

/** What the computation of one part of a batch takes. */
export type AccumulationInputs = {
  readonly weights: Weights;
  readonly batch: TensorBatch;
  readonly noise?: Weights | undefined;
  /** What the parts before it have given; zeros for the first. */
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  readonly loss: tf.Tensor;
  /** Scalar float32: the share of the whole batch's loss that is this part's. */
  readonly share: tf.Tensor;
};

/** The sums over the parts so far. */
export type AccumulationResult = {
  readonly gradients: Record<string, tf.Tensor>;
  readonly loss: tf.Tensor;
};

/**
 * Computes one part of a batch that is too large for memory: adds its share of loss and gradients to those of the parts
 * before.
 */
export function createAccumulation(objective: Loss): (inputs: AccumulationInputs) => AccumulationResult {
  return ({ weights, batch, noise, gradients, loss, share }) => {
    const part = objective.lossAndGradients(weights, batch, noise);
    const sums = Object.entries(part.gradients).map(
      ([name, gradient]) => [name, tf.add(gradients[name]!, tf.mul(gradient, share))] as const,
    );
    return { gradients: Object.fromEntries(sums), loss: tf.add(loss, tf.mul(part.loss, share)) };
  };
}

/** What the optimiser takes once all parts are computed. */
export type UpdateInputs = OptimiserInputs & { readonly gradients: Readonly<Record<string, tf.Tensor>> };

/** The step that the accumulated gradients lead to. */
export function createUpdate(options: TrainingStepOptions = {}): (inputs: UpdateInputs) => UpdateResult {
  return ({ gradients, ...optimiser }) => update(optimiser, gradients, options);
}

function update(
  { weights, moments, learningRate, step }: OptimiserInputs,
  gradients: Readonly<Record<string, tf.Tensor>>,
  options: TrainingStepOptions,
): UpdateResult {
  const { clipNorm } = { ...TRAINING_STEP_DEFAULTS, ...options };
  const gradientNorm = globalNorm(gradients); // []
  const gradientScale = tf.minimum(1, tf.div(clipNorm, tf.add(gradientNorm, NORM_EPSILON))); // []
  return { ...adamw(weights, gradients, moments, { learningRate, step, gradientScale }, options), gradientNorm };
}
