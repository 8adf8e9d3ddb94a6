import type { Graph, Value } from "../trace/graph.js";

type Result = Value | readonly Value[];

/** Writes one tfjs kernel as ONNX: takes the values of its inputs and its attributes, and returns its outputs. */
export type Kernel = (graph: Graph, inputs: Readonly<Record<string, Value>>, attributes: unknown) => Result;

/** A family of kernels: what each tfjs kernel becomes in ONNX, by the kernel's name. */
export type KernelFamily = Readonly<Record<string, Kernel>>;

/** Gives a mapping its types: the names of the tfjs kernel's inputs and the type of its attributes. */
export function kernel<InputName extends string, Attributes = unknown>(
  emit: (graph: Graph, inputs: Readonly<Record<InputName, Value>>, attributes: Attributes) => Result,
): Kernel {
  return emit as Kernel;
}
