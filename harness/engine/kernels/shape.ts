import {
  type BatchToSpaceNDAttrs,
  backend_util,
  type ConcatAttrs,
  type DepthToSpaceAttrs,
  type ExpandDimsAttrs,
  type PackAttrs,
  type ReshapeAttrs,
  type SpaceToBatchNDAttrs,
  type SplitVAttrs,
  type TileAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
  util,
} from "@tensorflow/tfjs-core";
import { type Graph, type Shape, sizeOf, type Value } from "../trace/graph.js";
import { expand, reshape, transpose } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";
import { pad, slice } from "./window.js";

function axisOf(axis: number, shape: Shape): number {
  return util.parseAxisParam(axis, [...shape])[0]!;
}

function withoutAxis(shape: Shape, axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

/** Joins tensors along an axis; empty ones add nothing. */
export function concatenate(graph: Graph, values: readonly Value[], axis: number): Value {
  const parts = values.filter((value) => sizeOf(value.shape) > 0);
  const [first = values[0]!, ...others] = parts;
  const length = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  if (others.length === 0 && first.shape[axis] === length) return first;
  return graph.emit(
    "Concat",
    parts,
    first.shape.map((size, i) => (i === axis ? length : size)),
    { axis },
  );
}

/** Cuts a tensor along an axis into parts of the given lengths. */
export function split(graph: Graph, x: Value, lengths: readonly number[], axis: number): readonly Value[] {
  if (lengths.length === 1) return [x];
  const outputs = lengths.map((length) => ({
    shape: x.shape.map((size, i) => (i === axis ? length : size)),
    type: x.type,
  }));
  return graph.emitMany("Split", [x, graph.integers(lengths)], outputs, { axis });
}

function tile(graph: Graph, x: Value, repeats: readonly number[]): Value {
  const shape = x.shape.map((size, axis) => size * repeats[axis]!);
  const broadcasts = repeats.every((count, axis) => count === 1 || x.shape[axis] === 1);
  return broadcasts ? expand(graph, x, shape) : graph.emit("Tile", [x, graph.integers(repeats)], shape);
}

function spaceToBatch(graph: Graph, x: Value, { blockShape, paddings }: SpaceToBatchNDAttrs): Value {
  const rest = x.shape.slice(1 + blockShape.length).map(() => [0, 0] as const);
  const padded = pad(graph, x, [[0, 0], ...(paddings as [number, number][]), ...rest], 0);
  const blocks = blockShape.reduce((product, size) => product * size, 1);
  const shape = [...padded.shape];
  const opened = reshape(graph, padded, backend_util.getReshaped(shape, blockShape, blocks, false));
  const permutation = backend_util.getPermuted(opened.shape.length, blockShape.length, false);
  const moved = transpose(graph, opened, permutation);
  return reshape(graph, moved, backend_util.getReshapedPermuted(shape, blockShape, blocks, false));
}

function batchToSpace(graph: Graph, x: Value, { blockShape, crops }: BatchToSpaceNDAttrs): Value {
  const blocks = blockShape.reduce((product, size) => product * size, 1);
  const shape = [...x.shape];
  const opened = reshape(graph, x, backend_util.getReshaped(shape, blockShape, blocks));
  const moved = transpose(graph, opened, backend_util.getPermuted(opened.shape.length, blockShape.length));
  const joinedShape = backend_util.getReshapedPermuted(shape, blockShape, blocks);
  const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
  const size = backend_util.getSliceSize(joinedShape, crops, blockShape.length);
  const rest = joinedShape.slice(size.length);
  return slice(graph, reshape(graph, moved, joinedShape), [...begin, ...rest.map(() => 0)], [...size, ...rest]);
}

function depthToSpace(graph: Graph, x: Value, { blockSize, dataFormat }: DepthToSpaceAttrs): Value {
  const isLast = dataFormat === "NHWC";
  const [batch = 1, height = 1, width = 1, depth = 1] = isLast ? x.shape : [0, 2, 3, 1].map((axis) => x.shape[axis]!);
  const channels = depth / (blockSize * blockSize);
  if (isLast) {
    const opened = reshape(graph, x, [batch, height, width, blockSize, blockSize, channels]);
    const moved = transpose(graph, opened, [0, 1, 3, 2, 4, 5]);
    return reshape(graph, moved, [batch, height * blockSize, width * blockSize, channels]);
  }
  const opened = reshape(graph, x, [batch, blockSize, blockSize, channels, height, width]);
  const moved = transpose(graph, opened, [0, 3, 4, 1, 5, 2]);
  return reshape(graph, moved, [batch, channels, height * blockSize, width * blockSize]);
}

/** Kernels that reshape, transpose, join, split or repeat tensors, as ONNX. */
export const shapes: KernelFamily = {
  Reshape: kernel<"x", ReshapeAttrs>((graph, { x }, { shape }) =>
    reshape(graph, x, util.inferFromImplicitShape([...shape], sizeOf(x.shape))),
  ),
  ExpandDims: kernel<"input", ExpandDimsAttrs>((graph, { input }, { dim }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return reshape(graph, input, shape);
  }),
  Transpose: kernel<"x", TransposeAttrs>((graph, { x }, { perm }) => transpose(graph, x, perm)),
  Concat: (graph, inputs, attributes) => {
    const values = Object.values(inputs);
    return concatenate(graph, values, axisOf((attributes as ConcatAttrs).axis, values[0]!.shape));
  },
  Pack: (graph, inputs, attributes) => {
    const values = Object.values(inputs);
    const { axis } = attributes as PackAttrs;
    const at = axis < 0 ? axis + values[0]!.shape.length + 1 : axis;
    const shape = [...values[0]!.shape];
    shape.splice(at, 0, 1);
    return concatenate(
      graph,
      values.map((value) => reshape(graph, value, shape)),
      at,
    );
  },
  Unpack: kernel<"value", UnpackAttrs>((graph, { value }, { axis }) => {
    const along = axisOf(axis, value.shape);
    const parts = split(
      graph,
      value,
      Array.from({ length: value.shape[along]! }, () => 1),
      along,
    );
    return parts.map((part) => reshape(graph, part, withoutAxis(value.shape, along)));
  }),
  SplitV: kernel<"x", SplitVAttrs>((graph, { x }, { numOrSizeSplits, axis }) => {
    const along = axisOf(axis, x.shape);
    const probe = { shape: [...x.shape] } as Parameters<typeof backend_util.prepareSplitSize>[0];
    return split(graph, x, backend_util.prepareSplitSize(probe, numOrSizeSplits, along), along);
  }),
  Tile: kernel<"x", TileAttrs>((graph, { x }, { reps }) => tile(graph, x, reps)),
  SpaceToBatchND: kernel<"x", SpaceToBatchNDAttrs>((graph, { x }, attributes) => spaceToBatch(graph, x, attributes)),
  BatchToSpaceND: kernel<"x", BatchToSpaceNDAttrs>((graph, { x }, attributes) => batchToSpace(graph, x, attributes)),
  DepthToSpace: kernel<"x", DepthToSpaceAttrs>((graph, { x }, attributes) => depthToSpace(graph, x, attributes)),
};
