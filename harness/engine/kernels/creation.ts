import type { CastAttrs, FillAttrs, LinSpaceAttrs, RangeAttrs } from "@tensorflow/tfjs-core";
import { elementTypeOf } from "../trace/backend.js";
import { cast, uniform } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

function countFrom(start: number, step: number, length: number): number[] {
  return Array.from({ length }, (_, i) => start + i * step);
}

/** Constants, ranges, copies and casts, as ONNX. */
export const creation: KernelFamily = {
  Identity: kernel<"x">((_, { x }) => x),
  Cast: kernel<"x", CastAttrs>((graph, { x }, { dtype }) => cast(graph, x, elementTypeOf(dtype))),
  Fill: kernel<never, FillAttrs>((graph, _, { shape, value, dtype }) =>
    uniform(graph, Number(value), shape, elementTypeOf(dtype ?? "float32")),
  ),
  ZerosLike: kernel<"x">((graph, { x }) => uniform(graph, 0, x.shape, x.type)),
  OnesLike: kernel<"x">((graph, { x }) => uniform(graph, 1, x.shape, x.type)),
  Range: kernel<never, RangeAttrs>((graph, _, { start, stop, step, dtype }) => {
    const length = Math.max(0, Math.ceil((stop - start) / step));
    return graph.constant(countFrom(start, step, length), [length], elementTypeOf(dtype ?? "float32"));
  }),
  LinSpace: kernel<never, LinSpaceAttrs>((graph, _, { start, stop, num }) =>
    graph.constant(countFrom(start, num === 1 ? 0 : (stop - start) / (num - 1), num), [num], "float32"),
  ),
};
