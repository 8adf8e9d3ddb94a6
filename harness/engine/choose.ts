import { getBackend, type Tensor } from "@tensorflow/tfjs-core";
import { TRACE_BACKEND, traceBackend } from "./trace/backend.js";
import { cast } from "./trace/rewrite-graph.js";
import { eitherShape, traceBody } from "./trace/trace-body.js";

/**
 * The results of one of two functions, without gradient. When it is compiled, the other is not computed; the weights of
 * what stands around both are in memory once.
 * @param condition a scalar
 * @param yes computes what counts where the condition is not 0
 * @param no computes as many tensors of the same types and ranks. Lengths in which they differ from the others are
 *   declared as the any-length of the compilation
 */
export function choose(condition: Tensor, yes: () => Tensor[], no: () => Tensor[]): Tensor[] {
  if (getBackend() !== TRACE_BACKEND) return condition.dataSync()[0] ? yes() : no();
  const graph = traceBackend.activeGraph;
  const bodies = { then_branch: traceBody(yes), else_branch: traceBody(no) };
  const outputs = bodies.then_branch.outputs.map(({ shape, type }, i) => {
    return { shape: eitherShape(shape, bodies.else_branch.outputs[i]!.shape, traceBackend.anyLength), type };
  });
  const inputs = [cast(graph, traceBackend.lookUp(condition), "bool")];
  return graph.emitWithBodies("If", inputs, outputs, {}, bodies).map((value) => traceBackend.tensorOf(value));
}
