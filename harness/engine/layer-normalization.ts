import { add, getBackend, mean, mul, reciprocal, sqrt, square, sub, type Tensor } from "@tensorflow/tfjs-core";
import { TRACE_BACKEND, traceBackend } from "./trace/backend.js";

/** The last axis normalised, and what it was normalised by: the mean and 1 / deviation, `[..., 1]` each. */
export type Normalised = readonly [output: Tensor, mean: Tensor, inverse: Tensor];

/**
 * (x - mean) / √(variance + epsilon) · scale + bias over the last axis, without gradient. When it is compiled, this is
 * one operator, where nine would each go through the memory and wait for each other's threads.
 * @param x `[..., width]`
 * @param scale `[width]`, as is `bias`
 */
export function layerNormalization(x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Normalised {
  if (getBackend() !== TRACE_BACKEND) return normaliseByParts(x, scale, bias, epsilon);
  const graph = traceBackend.activeGraph;
  const inputs = [x, scale, bias].map((tensor) => traceBackend.lookUp(tensor));
  const { shape, type } = inputs[0]!;
  const statistics = { shape: [...shape.slice(0, -1), 1], type };
  const outputs = [{ shape, type }, statistics, statistics];
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const [output, average, inverse] = graph
    .emitMany("LayerNormalization", inputs, outputs, attributes)
    .map((value) => traceBackend.tensorOf(value)) as [Tensor, Tensor, Tensor];
  return [output, average, inverse];
}

function normaliseByParts(x: Tensor, scale: Tensor, bias: Tensor, epsilon: number): Normalised {
  const average = mean(x, -1, true); // [..., 1]
  const centered = sub(x, average); // [..., width]
  const inverse = reciprocal(sqrt(add(mean(square(centered), -1, true), epsilon))); // [..., 1]
  return [add(mul(mul(centered, inverse), scale), bias), average, inverse];
}
