import type { ClipByValueAttrs, LeakyReluAttrs, StepAttrs } from "@tensorflow/tfjs-core";
import type { Attributes, Graph, Value } from "../trace/graph.js";
import { binary, cast, unary, where } from "../trace/rewrite-graph.js";
import { type Kernel, type KernelFamily, kernel } from "./kernel-family.js";

/** A function of floats; tfjs takes integers too and gives floats. */
function onFloats(operator: string, attributes: Attributes = {}): Kernel {
  return kernel<"x">((graph, { x }) => unary(graph, operator, cast(graph, x, "float32"), attributes));
}

/** A function that leaves integers as they are. */
function rounding(operator: string): Kernel {
  return kernel<"x">((graph, { x }) => (x.type === "float32" ? unary(graph, operator, x) : x));
}

function preservingType(operator: string): Kernel {
  return kernel<"x">((graph, { x }) => unary(graph, operator, x));
}

/** Below this magnitude the plain formulas of expm1 and log1p cancel. */
const SMALL = 0.5;

function isSmall(graph: Graph, x: Value): Value {
  return binary(graph, "Less", unary(graph, "Abs", x), graph.scalar(SMALL, "float32"), "bool");
}

/** exp(x) - 1; for small x by 2 tanh(x/2) / (1 - tanh(x/2)), which does not cancel. */
function expm1(graph: Graph, x: Value): Value {
  const one = graph.scalar(1, "float32");
  const tanh = unary(graph, "Tanh", binary(graph, "Mul", x, graph.scalar(0.5, "float32")));
  const near = binary(graph, "Div", binary(graph, "Add", tanh, tanh), binary(graph, "Sub", one, tanh));
  return where(graph, isSmall(graph, x), near, binary(graph, "Sub", unary(graph, "Exp", x), one));
}

/** log(1 + x); for small x corrected by what the rounding of 1 + x lost. */
function log1p(graph: Graph, x: Value): Value {
  const one = graph.scalar(1, "float32");
  const sum = binary(graph, "Add", x, one);
  const log = unary(graph, "Log", sum);
  const excess = binary(graph, "Sub", binary(graph, "Sub", sum, one), x);
  return where(graph, isSmall(graph, x), binary(graph, "Sub", log, binary(graph, "Div", excess, sum)), log);
}

function clip(graph: Graph, x: Value, minimum: number, maximum: number): Value {
  return graph.emit("Clip", [x, graph.scalar(minimum, x.type), graph.scalar(maximum, x.type)], x.shape);
}

/** 1 above zero and `alpha` elsewhere. */
function step(graph: Graph, x: Value, alpha: number): Value {
  const isPositive = binary(graph, "Greater", x, graph.scalar(0, x.type), "bool");
  if (alpha === 0) return cast(graph, isPositive, "float32");
  return where(graph, isPositive, graph.scalar(1, "float32"), graph.scalar(alpha, "float32"));
}

/** Elementwise functions of one tensor, as ONNX. */
export const functions: KernelFamily = {
  Abs: preservingType("Abs"),
  Neg: preservingType("Neg"),
  Sign: preservingType("Sign"),
  Square: kernel<"x">((graph, { x }) => binary(graph, "Mul", x, x)),
  Floor: rounding("Floor"),
  Ceil: rounding("Ceil"),
  Round: rounding("Round"),
  Exp: onFloats("Exp"),
  Expm1: kernel<"x">((graph, { x }) => expm1(graph, cast(graph, x, "float32"))),
  Log: onFloats("Log"),
  Log1p: kernel<"x">((graph, { x }) => log1p(graph, cast(graph, x, "float32"))),
  Sqrt: onFloats("Sqrt"),
  Rsqrt: kernel<"x">((graph, { x }) => unary(graph, "Reciprocal", unary(graph, "Sqrt", cast(graph, x, "float32")))),
  Reciprocal: onFloats("Reciprocal"),
  Sigmoid: onFloats("Sigmoid"),
  Softplus: onFloats("Softplus"),
  Erf: onFloats("Erf"),
  Sin: onFloats("Sin"),
  Cos: onFloats("Cos"),
  Tan: onFloats("Tan"),
  Asin: onFloats("Asin"),
  Acos: onFloats("Acos"),
  Atan: onFloats("Atan"),
  Sinh: onFloats("Sinh"),
  Cosh: onFloats("Cosh"),
  Tanh: onFloats("Tanh"),
  Asinh: onFloats("Asinh"),
  Acosh: onFloats("Acosh"),
  Atanh: onFloats("Atanh"),
  Relu: kernel<"x">((graph, { x }) =>
    x.type === "float32" ? unary(graph, "Relu", x) : binary(graph, "Max", x, graph.scalar(0, x.type)),
  ),
  Relu6: kernel<"x">((graph, { x }) => clip(graph, x, 0, 6)),
  LeakyRelu: kernel<"x", LeakyReluAttrs>((graph, { x }, { alpha }) =>
    unary(graph, "LeakyRelu", cast(graph, x, "float32"), { alpha: { float: alpha } }),
  ),
  Elu: onFloats("Elu"),
  EluGrad: kernel<"dy" | "y">((graph, { dy, y }) => {
    const isNegative = binary(graph, "Less", y, graph.scalar(0, "float32"), "bool");
    const slope = binary(graph, "Add", y, graph.scalar(1, "float32"));
    return where(graph, isNegative, binary(graph, "Mul", dy, slope), dy);
  }),
  Selu: onFloats("Selu"),
  Step: kernel<"x", StepAttrs>((graph, { x }, { alpha }) => step(graph, x, alpha)),
  ClipByValue: kernel<"x", ClipByValueAttrs>((graph, { x }, { clipValueMin, clipValueMax }) =>
    clip(graph, x, clipValueMin, clipValueMax),
  ),
};
