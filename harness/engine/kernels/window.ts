import {
  type MirrorPadAttrs,
  type PadV2Attrs,
  type ReverseAttrs,
  type SliceAttrs,
  type StridedSliceAttrs,
  slice_util,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import type { Graph, Value } from "../trace/graph.js";
import { reshape, sameShape, uniform, uniformOf } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

/** Where ONNX's Slice is told to stop when it runs down to and including element 0. */
const BEFORE_THE_FIRST = -(2 ** 31);

/** Takes `size` elements from `begin` along each axis. */
export function slice(graph: Graph, x: Value, begin: readonly number[], size: readonly number[]): Value {
  const end = begin.map((from, axis) => from + size[axis]!);
  return stridedSlice(
    graph,
    x,
    begin,
    end,
    begin.map(() => 1),
    size,
  );
}

function stridedSlice(
  graph: Graph,
  x: Value,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  shape: readonly number[],
): Value {
  const number = uniformOf(x);
  if (number !== undefined) return uniform(graph, number, shape, x.type);
  const cut = x.shape.flatMap((size, axis) => (shape[axis] === size && strides[axis]! > 0 ? [] : [axis]));
  if (cut.length === 0) return x;
  const of = (numbers: readonly number[]): Value => graph.integers(cut.map((axis) => numbers[axis]!));
  const stops = end.map((to, axis) => (strides[axis]! < 0 && to < 0 ? BEFORE_THE_FIRST : to));
  return graph.emit("Slice", [x, of(begin), of(stops), graph.integers(cut), of(strides)], shape);
}

type Paddings = readonly (readonly [before: number, after: number])[];

/** Puts so many elements of a constant before and after each axis. */
export function pad(graph: Graph, x: Value, paddings: Paddings, constant: number): Value {
  const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
  if (sameShape(shape, x.shape)) return x;
  const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  return graph.emit("Pad", [x, graph.integers(amounts), graph.scalar(constant, x.type)], shape);
}

/** Picks along each padded axis the elements that a mirror at the edge shows; the edge itself twice if symmetric. */
function mirrorPad(graph: Graph, x: Value, { paddings, mode }: MirrorPadAttrs): Value {
  const edge = mode === "reflect" ? 0 : 1;
  return paddings.reduce((value, [before, after], axis) => {
    if (before === 0 && after === 0) return value;
    const size = x.shape[axis]!;
    const mirrored = Array.from({ length: before + size + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - edge;
      return at < size ? at : 2 * size - 2 - at + edge;
    });
    const shape = value.shape.map((length, i) => (i === axis ? mirrored.length : length));
    return graph.emit("Gather", [value, graph.integers(mirrored)], shape, { axis });
  }, x);
}

function reverse(graph: Graph, x: Value, axes: readonly number[]): Value {
  const turned = (axis: number): boolean => axes.includes(axis) && x.shape[axis]! > 1;
  const begin = x.shape.map((size, axis) => (turned(axis) ? size - 1 : 0));
  const end = x.shape.map((size, axis) => (turned(axis) ? -1 : size));
  return stridedSlice(
    graph,
    x,
    begin,
    end,
    x.shape.map((_, axis) => (turned(axis) ? -1 : 1)),
    x.shape,
  );
}

function stridedSliceOf(graph: Graph, x: Value, attributes: StridedSliceAttrs): Value {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const plan = slice_util.sliceInfo(
    [...x.shape],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  if (plan.finalShape.includes(0)) return uniform(graph, 0, plan.finalShape, x.type);
  const shape = slice_util.computeOutShape(plan.begin, plan.end, plan.strides);
  const cut = stridedSlice(graph, x, plan.begin, plan.end, plan.strides, shape);
  return reshape(graph, cut, plan.finalShape);
}

/** Slices, padding and reversal, as ONNX. */
export const windows: KernelFamily = {
  Slice: kernel<"x", SliceAttrs>((graph, { x }, attributes) => {
    const probe = { shape: [...x.shape], rank: x.shape.length } as unknown as TensorInfo;
    const [begin, size] = slice_util.parseSliceParams(probe, attributes.begin, attributes.size);
    slice_util.assertParamsValid(probe, begin!, size!);
    return slice(graph, x, begin!, size!);
  }),
  StridedSlice: kernel<"x", StridedSliceAttrs>((graph, { x }, attributes) => stridedSliceOf(graph, x, attributes)),
  PadV2: kernel<"x", PadV2Attrs>((graph, { x }, { paddings, constantValue }) => pad(graph, x, paddings, constantValue)),
  MirrorPad: kernel<"x", MirrorPadAttrs>((graph, { x }, attributes) => mirrorPad(graph, x, attributes)),
  Reverse: kernel<"x", ReverseAttrs>((graph, { x }, { dims }) =>
    reverse(graph, x, util.parseAxisParam(dims, [...x.shape])),
  ),
};
