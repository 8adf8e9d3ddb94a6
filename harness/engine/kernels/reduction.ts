import { type ArgMaxAttrs, type CumsumAttrs, type SoftmaxAttrs, type TopKAttrs, util } from "@tensorflow/tfjs-core";
import { type Graph, type Shape, sizeOf, type Value } from "../trace/graph.js";
import { cast, reshape, uniform, uniformOf } from "../trace/rewrite-graph.js";
import { type Kernel, type KernelFamily, kernel } from "./kernel-family.js";

interface ReductionAttributes {
  readonly axis?: number | number[];
  /** What tf.max calls its axes. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** Reduces along axes. Axes of size one need no arithmetic, and are left for a reshape to drop. */
function reduce(graph: Graph, operator: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape: Shape = keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis));
  const summed = axes.filter((axis) => x.shape[axis] !== 1);
  if (summed.length === 0) return reshape(graph, x, shape);
  const known = reduceUniform(operator, x, sizeOf(x.shape) / Math.max(1, sizeOf(kept)));
  if (known !== undefined) return uniform(graph, known, shape, x.type);
  const squared = operator === "ReduceSum" ? squareRoot(x) : undefined;
  const [reducing, summands] = squared ? ["ReduceSumSquare", squared] : [operator, x];
  const reduced = graph.emit(reducing, [summands, graph.integers(summed)], kept, { keepdims: 1 });
  return reshape(graph, reduced, shape);
}

/** What a value is the square of, if it is one: squares that are only summed need not go to memory. */
function squareRoot({ node, type }: Value): Value | undefined {
  const [a, b] = node?.operator === "Mul" && type === "float32" ? node.inputs : [];
  return a === b ? a : undefined;
}

function reduceUniform(operator: string, x: Value, count: number): number | undefined {
  const number = uniformOf(x);
  if (number === undefined || count === 0 || operator === "ReduceProd") return undefined;
  return operator === "ReduceSum" ? number * count : number;
}

function reduction(operator: string, prepare: (graph: Graph, x: Value) => Value = (_, x) => x): Kernel {
  return kernel<"x", ReductionAttributes>((graph, { x }, { axis, reductionIndices, keepDims }) => {
    const axes = util.parseAxisParam(axis ?? reductionIndices!, [...x.shape]);
    return reduce(graph, operator, prepare(graph, x), axes, keepDims ?? false);
  });
}

const countable = (graph: Graph, x: Value): Value => (x.type === "bool" ? cast(graph, x, "int32") : x);
const floating = (graph: Graph, x: Value): Value => cast(graph, x, "float32");

/** All and Any are the least and the greatest of zeros and ones. */
function quantifier(operator: string): Kernel {
  const numeric = reduction(operator, (graph, x) => cast(graph, cast(graph, x, "bool"), "int32"));
  return (graph, inputs, attributes) => cast(graph, numeric(graph, inputs, attributes) as Value, "bool");
}

function extremeIndex(operator: string): Kernel {
  return kernel<"x", ArgMaxAttrs>((graph, { x }, { axis }) => {
    const [along = 0] = util.parseAxisParam(axis, [...x.shape]);
    const shape = x.shape.filter((_, i) => i !== along);
    const index = graph.emit(operator, [countable(graph, x)], shape, { axis: along, keepdims: 0 }, "int64");
    return cast(graph, index, "int32");
  });
}

/** Reductions over axes, softmax, cumulative sums and top-k, as ONNX. */
export const reductions: KernelFamily = {
  Sum: reduction("ReduceSum", countable),
  Mean: reduction("ReduceMean", floating),
  Max: reduction("ReduceMax", countable),
  Min: reduction("ReduceMin", countable),
  Prod: reduction("ReduceProd", countable),
  All: quantifier("ReduceMin"),
  Any: quantifier("ReduceMax"),
  ArgMax: extremeIndex("ArgMax"),
  ArgMin: extremeIndex("ArgMin"),
  Softmax: kernel<"logits", SoftmaxAttrs>((graph, { logits }, { dim }) => {
    const [axis = 0] = util.parseAxisParam(dim, [...logits.shape]);
    return graph.emit("Softmax", [floating(graph, logits)], logits.shape, { axis });
  }),
  Cumsum: kernel<"x", CumsumAttrs>((graph, { x }, { axis, exclusive, reverse }) => {
    const [along = 0] = util.parseAxisParam(axis, [...x.shape]);
    const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
    return graph.emit("CumSum", [countable(graph, x), graph.scalar(along, "int64")], x.shape, attributes);
  }),
  TopK: kernel<"x", TopKAttrs>((graph, { x }, { k, sorted }) => {
    const shape = [...x.shape.slice(0, -1), k];
    const outputs = [
      { shape, type: x.type },
      { shape, type: "int64" },
    ] as const;
    const [values, indices] = graph.emitMany("TopK", [x, graph.integers([k])], outputs, { sorted: Number(sorted) });
    return [values!, cast(graph, indices!, "int32")];
  }),
};
