import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { traceBackend } from "./backend.js";
import { type Body, Graph, type Shape, type Value } from "./graph.js";

/** Notes what `fn` computes as a graph inside an operator of the graph that is being traced. */
export function traceBody(
  fn: (tensors: Tensor[]) => Tensor[],
  inputs: readonly Pick<Value, "id" | "shape" | "type">[] = [],
): Body {
  const outer = traceBackend.activeGraph;
  const graph = new Graph(outer);
  const places = inputs.map(({ id, shape, type }) => graph.input(`#block${id}`, shape, type));
  traceBackend.graph = graph;
  try {
    const results = tidy(() => fn(places.map((place) => traceBackend.tensorOf(place))));
    const outputs = results.map((tensor) => ownOutput(graph, traceBackend.lookUp(tensor)));
    return { inputs: places, nodes: graph.reachable(outputs), outputs };
  } finally {
    traceBackend.graph = outer;
  }
}

/** ONNX wants what comes out of a body to be made in it. */
function ownOutput(graph: Graph, value: Value): Value {
  const isOwn = value.node && graph.nodes.includes(value.node);
  return isOwn ? value : graph.emit("Identity", [value], value.shape);
}

/** The shape that stands for both: a length in which they differ is any. @throws Error if they cannot be alternatives */
export function eitherShape(a: Shape, b: Shape, anyLength: number | undefined): Shape {
  const differs = a.findIndex((size, axis) => size !== b[axis]);
  if (a.length !== b.length || (differs >= 0 && anyLength === undefined)) {
    throw new Error(`alternatives of shapes [${a}] and [${b}]`);
  }
  return a.map((size, axis) => (size === b[axis] ? size : anyLength!));
}
