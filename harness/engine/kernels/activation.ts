import type { Graph, Value } from "../trace/graph.js";
import { arithmetic } from "./arithmetic.js";
import { functions } from "./functions.js";

/** The activations that tfjs's fused kernels name, and the kernels that compute them. */
const KERNEL_OF_ACTIVATION: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
};

interface FusedAttributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** Applies the activation of a fused kernel. */
export function activate(graph: Graph, x: Value, attributes: FusedAttributes, slope?: Value): Value {
  const { activation = "linear", leakyreluAlpha: alpha } = attributes;
  if (activation === "linear") return x;
  if (activation === "prelu") return arithmetic.Prelu!(graph, { x, alpha: slope! }, {}) as Value;
  return functions[KERNEL_OF_ACTIVATION[activation]!]!(graph, { x }, { alpha }) as Value;
}
