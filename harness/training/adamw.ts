import * as tf from "@tensorflow/tfjs-core";
import { blockwise } from "../engine/blockwise.js";
import type { Decaying } from "../models/trainable.js";

/** The constants of AdamW; {@link ADAMW_DEFAULTS} are its defaults. */
export interface AdamWOptions {
  /** How much of the mean gradient (`beta1`) and of the mean squared gradient (`beta2`) a step keeps. */
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** The share of a weight, times the learning rate, that a step takes off it. */
  readonly weightDecay?: number;
  /** Which weights it takes that off. */
  readonly decays?: Decaying;
}

/** The constants that the paper trains with. */
export const ADAMW_DEFAULTS = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  decays: "matrices",
} as const;

/** Running means of a weight's gradient and of its square, by the weight's name; zeros before the first step. */
export interface Moments<T = tf.Tensor> {
  readonly first: Readonly<Record<string, T>>;
  readonly second: Readonly<Record<string, T>>;
}

/** What one step does not share with the others, as scalars. */
export interface StepScalars {
  readonly learningRate: tf.Tensor;
  /** float32: 1 at the first step. */
  readonly step: tf.Tensor;
  /** What gradients are multiplied by first: 1, or less if they are clipped. */
  readonly gradientScale: tf.Tensor;
}

type Named = Readonly<Record<string, tf.Tensor>>;

/**
 * One step of AdamW (Loshchilov and Hutter, ICLR 2019; decay before the step, as in PyTorch).
 * @returns all weights and moments after the step; nothing is computed in place
 */
export function adamw(
  weights: Named,
  gradients: Named,
  moments: Moments,
  { learningRate, step, gradientScale }: StepScalars,
  options: AdamWOptions = {},
): { weights: Record<string, tf.Tensor>; moments: Moments } {
  const { beta1, beta2, epsilon, weightDecay, decays } = { ...ADAMW_DEFAULTS, ...options };
  // The means start at zero and are too small by 1 − βᵗ; written with expm1, which keeps its digits at the first steps.
  const bias = (beta: number) => tf.neg(tf.expm1(tf.mul(step, Math.log(beta)))); // []
  const rate = tf.div(learningRate, bias(beta1)); // []
  const rootBias = tf.sqrt(bias(beta2)); // []
  const after: Record<"weights" | "first" | "second", Record<string, tf.Tensor>> = {
    weights: {},
    first: {},
    second: {},
  };
  for (const [name, weight] of Object.entries(weights)) {
    const kept = decays === "all" || weight.rank > 1 ? tf.sub(1, tf.mul(learningRate, weightDecay)) : undefined; // []
    const update = ([value, rawGradient, first, second]: tf.Tensor[]) => {
      const gradient = tf.mul(rawGradient!, gradientScale);
      const mean = tf.add(first!, tf.mul(tf.sub(gradient, first!), 1 - beta1));
      const square = tf.add(second!, tf.mul(tf.sub(tf.mul(gradient, gradient), second!), 1 - beta2));
      const deviation = tf.add(tf.div(tf.sqrt(square), rootBias), epsilon);
      const decayed = kept ? tf.mul(value!, kept) : value!;
      return [tf.sub(decayed, tf.mul(tf.div(mean, deviation), rate)), mean, square];
    };
    const tensors = [weight, gradients[name]!, moments.first[name]!, moments.second[name]!];
    const [value, mean, square] = blockwise(update, tensors);
    after.weights[name] = value!;
    after.first[name] = mean!;
    after.second[name] = square!;
  }
  return { weights: after.weights, moments: { first: after.first, second: after.second } };
}

/**
 * √Σg² over all gradients, a scalar: added up in the order of {@link inOrder}, so that a graph, which goes by what it is asked
 * for, computes each gradient of a weight when that of its activations is there, which need not be kept for longer.
 */
export function globalNorm(gradients: Named): tf.Tensor {
  return tf.sqrt(tf.addN(inOrder(gradients).map(([, gradient]) => tf.sum(tf.square(gradient))))); // []
}

/** Gradients in the order in which they were computed: those of the last layers first. */
export function inOrder(gradients: Named): [name: string, gradient: tf.Tensor][] {
  return Object.entries(gradients).sort(([, a], [, b]) => a.id - b.id);
}
