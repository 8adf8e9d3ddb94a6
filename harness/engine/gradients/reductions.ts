import type { CumsumAttrs, SoftmaxAttrs, Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type Gradient, type GradientFamily, gradient } from "./gradient.js";

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
}

/** The input's shape with the reduced axes at size one. */
function keptShape(x: Tensor, { axis, reductionIndices }: ReductionAttributes): number[] {
  const axes = tf.util.parseAxisParam(axis ?? reductionIndices!, x.shape);
  return x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** The gradient of the greatest or least element: it flows to every element that equals it. */
const extreme: Gradient = gradient<ReductionAttributes>({ inputs: ["x"], output: true }, (dy, [x, y], attributes) => ({
  x: () => {
    const shape = keptShape(x!, attributes);
    return tf.mul(tf.reshape(dy, shape), tf.cast(tf.equal(x!, tf.reshape(y!, shape)), "float32"));
  },
}));

/** The gradients of reductions, softmax and cumulative sums. */
export const reductionGradients: GradientFamily = {
  Sum: gradient<ReductionAttributes>({ inputs: ["x"] }, (dy, [x], attributes) => ({
    x: () => tf.broadcastTo(tf.reshape(dy, keptShape(x!, attributes)), x!.shape),
  })),
  Mean: gradient<ReductionAttributes>({ inputs: ["x"] }, (dy, [x], attributes) => ({
    x: () => tf.broadcastTo(tf.reshape(tf.mul(dy, dy.size / x!.size), keptShape(x!, attributes)), x!.shape),
  })),
  Max: extreme,
  Min: extreme,
  Softmax: gradient<SoftmaxAttrs>({ output: true }, (dy, [y], { dim }) => ({
    logits: () => tf.mul(tf.sub(dy, tf.sum(tf.mul(dy, y!), dim, true)), y!),
  })),
  Cumsum: gradient<CumsumAttrs>({}, (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  })),
};
