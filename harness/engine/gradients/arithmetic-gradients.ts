import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type GradientFamily, gradient, unbroadcast } from "./gradient.js";

const BOTH = { inputs: ["a", "b"] } as const;

type Slopes = (dy: Tensor, a: Tensor, b: Tensor) => { readonly a: () => Tensor; readonly b: () => Tensor };

/** The gradients of a broadcast operator from those of the full-size operands. */
function broadcasting(slopes: Slopes) {
  return gradient(BOTH, (dy, [a, b]) => {
    const full = slopes(dy, a!, b!);
    return { a: () => unbroadcast(full.a(), a!.shape), b: () => unbroadcast(full.b(), b!.shape) };
  });
}

const float = (x: Tensor): Tensor => tf.cast(x, "float32");
const onlyWhere = (condition: Tensor, dy: Tensor): Tensor => tf.mul(dy, float(condition));

/** The gradients of elementwise arithmetic and of Select. */
export const arithmeticGradients: GradientFamily = {
  Add: broadcasting((dy) => ({ a: () => dy, b: () => dy })),
  Sub: gradient(BOTH, (dy, [a, b]) => ({
    a: () => unbroadcast(dy, a!.shape),
    b: () => tf.neg(unbroadcast(dy, b!.shape)),
  })),
  Multiply: broadcasting((dy, a, b) => ({ a: () => tf.mul(dy, float(b)), b: () => tf.mul(dy, float(a)) })),
  RealDiv: broadcasting((dy, a, b) => ({
    a: () => tf.div(dy, b),
    b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  })),
  Maximum: broadcasting((dy, a, b) => ({
    a: () => onlyWhere(tf.greaterEqual(a, b), dy),
    b: () => onlyWhere(tf.less(a, b), dy),
  })),
  Minimum: broadcasting((dy, a, b) => ({
    a: () => onlyWhere(tf.lessEqual(a, b), dy),
    b: () => onlyWhere(tf.greater(a, b), dy),
  })),
  Mod: broadcasting((dy, a, b) => ({ a: () => dy, b: () => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b)))) })),
  Pow: broadcasting((dy, a, b) => ({
    a: () => tf.mul(tf.mul(dy, float(b)), tf.pow(a, tf.sub(b, 1))),
    b: () => tf.mul(tf.mul(dy, tf.pow(a, b)), tf.log(tf.where(tf.greater(a, 0), a, tf.onesLike(a)))),
  })),
  Atan2: broadcasting((dy, a, b) => {
    const scaled = (): Tensor => tf.div(dy, tf.add(tf.square(a), tf.square(b)));
    return { a: () => tf.mul(scaled(), b), b: () => tf.neg(tf.mul(scaled(), a)) };
  }),
  SquaredDifference: broadcasting((dy, a, b) => {
    const slope = (): Tensor => tf.mul(tf.mul(dy, tf.sub(a, b)), 2);
    return { a: slope, b: () => tf.neg(slope()) };
  }),
  Prelu: gradient({ inputs: ["x", "alpha"] }, (dy, [x, alpha]) => ({
    x: () => tf.where(tf.greater(x!, 0), dy, tf.mul(dy, alpha!)),
    alpha: () => unbroadcast(tf.where(tf.greater(x!, 0), tf.zerosLike(dy), tf.mul(dy, x!)), alpha!.shape),
  })),
  Select: gradient({ inputs: ["condition"] }, (dy, [condition]) => ({
    condition: () => tf.zerosLike(float(condition!)),
    t: () => tf.where(condition!, dy, tf.zerosLike(dy)),
    e: () => tf.where(condition!, tf.zerosLike(dy), dy),
  })),
};
