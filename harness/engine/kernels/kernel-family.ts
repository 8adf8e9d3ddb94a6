import type { Graph, Value } from "../trace/graph.js";

type Result = Value | readonly Value[];

/** How one tfjs kernel is written as ONNX: from the values of its inputs and its attributes to its outputs. */
export type Kernel = (graph: Graph, inputs: Readonly<Record<string, Value>>, attributes: unknown) => Result;

/** tfjs kernel names and their mappings; one such table a family. */
export type KernelFamily = Readonly<Record<string, Kernel>>;

/** Gives a mapping its types: the names of the tfjs kernel's inputs and the type of its attributes. */
export function kernel<InputName extends string, Attributes = unknown>(
  emit: (graph: Graph, inputs: Readonly<Record<InputName, Value>>, attributes: Attributes) => Result,
): Kernel {
  return emit as Kernel;
}
