import type { ClipByValueAttrs, LeakyReluAttrs, Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type Gradient, type GradientFamily, gradient } from "./gradient.js";

/** The slope of a function at its argument. */
function fromInput<Attributes = unknown>(slope: (x: Tensor, attributes: Attributes) => Tensor): Gradient {
  return gradient<Attributes>({ inputs: ["x"] }, (dy, [x], attributes) => ({
    x: () => tf.mul(dy, slope(x!, attributes)),
  }));
}

/** The slope of a function from its result: nothing is computed twice. */
function fromOutput(slope: (y: Tensor) => Tensor): Gradient {
  return gradient({ output: true }, (dy, [y]) => ({ x: () => tf.mul(dy, slope(y!)) }));
}

/** The slope of a function is one over this. */
function dividing(divisor: (x: Tensor) => Tensor): Gradient {
  return gradient({ inputs: ["x"] }, (dy, [x]) => ({ x: () => tf.div(dy, divisor(x!)) }));
}

const flat = gradient({}, (dy) => ({ x: () => tf.zerosLike(dy) }));

const onePlusSquare = (x: Tensor): Tensor => tf.add(tf.mul(x, x), 1);
const oneMinusSquare = (x: Tensor): Tensor => tf.sub(1, tf.mul(x, x));
const between = (x: Tensor, low: number, high: number): Tensor =>
  tf.cast(tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)), "float32");

const SELU_ALPHA = 1.7580993408473768;
const SELU_SCALE = 1.0507009873554805;
const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** The gradients of elementwise functions of one tensor. */
export const functionGradients: GradientFamily = {
  Identity: gradient({}, (dy) => ({ x: () => dy })),
  Cast: gradient({}, (dy) => ({ x: () => tf.cast(dy, "float32") })),
  Neg: gradient({}, (dy) => ({ x: () => tf.neg(dy) })),
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  Step: flat,
  Abs: fromInput((x) => tf.sign(x)),
  Square: fromInput((x) => tf.mul(tf.cast(x, "float32"), 2)),
  Exp: fromOutput((y) => y),
  Expm1: fromOutput((y) => tf.add(y, 1)),
  Log: dividing((x) => x),
  Log1p: dividing((x) => tf.add(x, 1)),
  Sqrt: fromOutput((y) => tf.div(0.5, y)),
  Rsqrt: fromOutput((y) => tf.mul(tf.mul(tf.mul(y, y), y), -0.5)),
  Reciprocal: fromOutput((y) => tf.neg(tf.mul(y, y))),
  Sigmoid: fromOutput((y) => tf.mul(y, tf.sub(1, y))),
  Tanh: fromOutput(oneMinusSquare),
  Softplus: fromInput((x) => tf.sigmoid(x)),
  Erf: fromInput((x) => tf.mul(tf.exp(tf.neg(tf.mul(x, x))), TWO_OVER_ROOT_PI)),
  Sin: fromInput((x) => tf.cos(x)),
  Cos: fromInput((x) => tf.neg(tf.sin(x))),
  Tan: fromOutput(onePlusSquare),
  Asin: dividing((x) => tf.sqrt(oneMinusSquare(x))),
  Acos: dividing((x) => tf.neg(tf.sqrt(oneMinusSquare(x)))),
  Atan: dividing(onePlusSquare),
  Sinh: fromInput((x) => tf.cosh(x)),
  Cosh: fromInput((x) => tf.sinh(x)),
  Asinh: dividing((x) => tf.sqrt(onePlusSquare(x))),
  Acosh: dividing((x) => tf.sqrt(tf.sub(tf.mul(x, x), 1))),
  Atanh: dividing(oneMinusSquare),
  Relu: fromOutput((y) => tf.step(y)),
  Relu6: fromInput((x) => between(x, 0, 6)),
  LeakyRelu: fromInput<LeakyReluAttrs>((x, { alpha }) => tf.step(x, alpha)),
  Elu: fromOutput((y) => tf.where(tf.greater(y, 0), tf.onesLike(y), tf.add(y, 1))),
  Selu: fromInput((x) => tf.where(tf.greater(x, 0), tf.fill(x.shape, SELU_SCALE), tf.mul(tf.exp(x), SELU_ALPHA))),
  ClipByValue: fromInput<ClipByValueAttrs>((x, { clipValueMin, clipValueMax }) =>
    between(x, clipValueMin, clipValueMax),
  ),
};
