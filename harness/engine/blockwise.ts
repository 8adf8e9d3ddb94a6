import { getBackend, type Tensor } from "@tensorflow/tfjs-core";
import { TRACE_BACKEND, traceBackend } from "./trace/backend.js";
import { sizeOf } from "./trace/graph.js";
import { reshape } from "./trace/rewrite-graph.js";
import { traceBody } from "./trace/trace-body.js";

/** Elements of a block at most: what a step of AdamW keeps in flight then fits a core's cache. */
const LARGEST_BLOCK = 1 << 18;
/** Smaller blocks cost more in going from one to the next than they save. */
const SMALLEST_BLOCK = 1 << 13;

/**
 * Computes an elementwise function of large tensors. When it is compiled, it runs block by block, so that intermediate
 * numbers stay in the processor's cache, where a chain of operators would send each of them through memory; otherwise
 * it is `fn` itself.
 *
 * @param fn elementwise, without gradient; whatever it reads besides its argument must be scalars
 * @param tensors all of one shape
 * @returns the results of `fn`, of that shape
 */
export function blockwise(fn: (tensors: Tensor[]) => Tensor[], tensors: readonly Tensor[]): Tensor[] {
  const shape = tensors[0]!.shape;
  const block = blockOf(sizeOf(shape));
  if (getBackend() !== TRACE_BACKEND || !traceBackend.wantsBlocks || block === undefined) return fn([...tensors]);
  const outer = traceBackend.activeGraph;
  const blocks = [sizeOf(shape) / block, block];
  const inputs = tensors.map((tensor) => reshape(outer, traceBackend.lookUp(tensor), blocks));
  const body = traceBody(
    fn,
    inputs.map(({ id, type }) => ({ id, type, shape: [block] })),
  );
  const outputs = body.outputs.map(({ type }) => ({ shape: blocks, type }));
  const results = outer.emitWithBodies("Scan", inputs, outputs, { num_scan_inputs: inputs.length }, { body });
  return results.map((result) => traceBackend.tensorOf(reshape(outer, result, shape)));
}

/** The largest number of elements that divides `size` into equal blocks; undefined when it is not worth while. */
function blockOf(size: number): number | undefined {
  if (size < 2 * LARGEST_BLOCK) return undefined;
  for (let count = Math.ceil(size / LARGEST_BLOCK); count * SMALLEST_BLOCK <= size; count++) {
    if (size % count === 0) return size / count;
  }
  return undefined;
}
