import {
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  broadcast_util,
  type EinsumAttrs,
  util,
} from "@tensorflow/tfjs-core";
import { multiplyQuantised } from "../eight-bits/quantised-matrices.js";
import { traceBackend } from "../trace/backend.js";
import { type Graph, sizeOf, type Value } from "../trace/graph.js";
import { binary, reshape, transpose } from "../trace/rewrite-graph.js";
import { activate } from "./activation.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

/** Exchanges the last two axes. */
export function transposeMatrix(graph: Graph, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const [row, column] = axes.splice(-2);
  return transpose(graph, value, [...axes, column!, row!]);
}

/** The matrix product over the last two axes, the others broadcast. */
export function multiplyMatrices(graph: Graph, a: Value, b: Value): Value {
  util.assert(
    a.shape.at(-1) === b.shape.at(-2),
    () => `matMul: the inner sizes of [${a.shape}] and [${b.shape}] differ.`,
  );
  const batch = broadcast_util.assertAndGetBroadcastShape([...a.shape.slice(0, -2)], [...b.shape.slice(0, -2)]);
  return graph.emit("MatMul", [a, b], [...batch, a.shape.at(-2)!, b.shape.at(-1)!]);
}

function batchMatMul(graph: Graph, a: Value, b: Value, { transposeA, transposeB }: BatchMatMulAttrs): Value {
  const left = transposeA ? transposeMatrix(graph, a) : a;
  const matrix = traceBackend.matrices?.find(b, transposeB);
  if (matrix) return multiplyQuantised(graph, left, matrix);
  const right = transposeB ? transposeMatrix(graph, b) : b;
  return multiplyMatrices(graph, left, right);
}

/**
 * One operator where a and b are matrices, which tfjs gives a leading axis of one: b may lie transposed, as PyTorch
 * stores the kernels of its linear layers.
 */
function multiplyAndAdd(
  graph: Graph,
  { a, b, bias }: Readonly<Record<"a" | "b", Value>> & { readonly bias?: Value },
  attributes: BatchMatMulAttrs,
): Value {
  const { transposeA, transposeB } = attributes;
  const isQuantised = traceBackend.matrices?.find(b, transposeB) !== undefined;
  const areMatrices = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
  if (bias?.shape.length !== 1 || transposeA || !areMatrices || isQuantised) {
    const product = batchMatMul(graph, a, b, attributes);
    return bias ? binary(graph, "Add", product, bias) : product;
  }
  const [left, right] = [a, b].map((value) => reshape(graph, value, value.shape.slice(-2))) as [Value, Value];
  const shape = [left.shape[0]!, right.shape[transposeB ? 0 : 1]!];
  const product = graph.emit("Gemm", [left, right, bias], shape, transposeB ? { transB: 1 } : {});
  return reshape(graph, product, [...a.shape.slice(0, -2), ...shape]);
}

/** The sizes of an equation's output, each letter's size being that of the axis it names. */
function einsumShape(equation: string, operands: readonly Value[]): number[] {
  const [inputs = "", output = ""] = equation.replaceAll(" ", "").split("->");
  const sizes = new Map<string, number>();
  inputs.split(",").forEach((letters, operand) => {
    [...letters].forEach((letter, axis) => {
      sizes.set(letter, operands[operand]!.shape[axis]!);
    });
  });
  return [...output].map((letter) => sizes.get(letter)!);
}

/** Matrix products, as ONNX. */
export const linearAlgebra: KernelFamily = {
  BatchMatMul: kernel<"a" | "b", BatchMatMulAttrs>((graph, { a, b }, attributes) =>
    batchMatMul(graph, a, b, attributes),
  ),
  _FusedMatMul: kernel<"a" | "b" | "bias" | "preluActivationWeights", _FusedMatMulAttrs>(
    (graph, inputs, attributes) => {
      return activate(graph, multiplyAndAdd(graph, inputs, attributes), attributes, inputs.preluActivationWeights);
    },
  ),
  Einsum: (graph, inputs, attributes) => {
    const { equation } = attributes as EinsumAttrs;
    const operands = Object.values(inputs);
    return graph.emit("Einsum", operands, einsumShape(equation, operands), { equation: equation.replaceAll(" ", "") });
  },
};
