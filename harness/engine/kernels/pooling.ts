import type { AvgPoolAttrs, AvgPoolGradAttrs, MaxPoolAttrs, MaxPoolGradAttrs } from "@tensorflow/tfjs-core";
import { type Attributes, type Graph, sizeOf, type Value } from "../trace/graph.js";
import { binary, reshape, transpose, uniform } from "../trace/rewrite-graph.js";
import { type Geometry, geometryOf } from "./convolution-geometry.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

interface PoolAttributes extends Omit<MaxPoolAttrs, "dimRoundingMode"> {
  readonly dimRoundingMode?: MaxPoolAttrs["dimRoundingMode"];
}

/** A pooling window is the filter of a depthwise convolution. */
function windowOf(x: Value, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Geometry {
  const [height, width] = typeof filterSize === "number" ? [filterSize, filterSize] : filterSize;
  const rounding = dimRoundingMode && { dimRoundingMode };
  return geometryOf(x.shape, [height, width, x.shape[3]!, 1], { strides, pad, ...rounding }, true);
}

function poolAttributes({ attributes }: Geometry): Attributes {
  const { kernel_shape, strides, pads } = attributes as Record<string, number[]>;
  return { kernel_shape: kernel_shape!, strides: strides!, pads: pads! };
}

function outputShape({ batchSize, outChannels, outHeight, outWidth }: Geometry): number[] {
  return [batchSize, outChannels, outHeight, outWidth];
}

function maxPool(graph: Graph, x: Value, geometry: Geometry): Value {
  const first = transpose(graph, x, TO_FIRST);
  const pooled = graph.emit("MaxPool", [first], outputShape(geometry), poolAttributes(geometry));
  return transpose(graph, pooled, TO_LAST);
}

/** Each window's gradient goes to the place of its greatest element, which MaxPool tells. */
function maxPoolGradient(graph: Graph, dy: Value, x: Value, geometry: Geometry): Value {
  const first = transpose(graph, x, TO_FIRST);
  const shape = outputShape(geometry);
  const outputs = [
    { shape, type: x.type },
    { shape, type: "int64" },
  ] as const;
  const places = graph.emitMany("MaxPool", [first], outputs, poolAttributes(geometry))[1]!;
  const size = sizeOf(shape);
  const zeros = uniform(graph, 0, [sizeOf(x.shape)], x.type);
  const updates = reshape(graph, transpose(graph, dy, TO_FIRST), [size]);
  const scattered = graph.emit("ScatterElements", [zeros, reshape(graph, places, [size]), updates], zeros.shape, {
    axis: 0,
    reduction: "add",
  });
  return transpose(graph, reshape(graph, scattered, first.shape), TO_LAST);
}

function averagePool(graph: Graph, x: Value, geometry: Geometry): Value {
  const attributes = { ...poolAttributes(geometry), count_include_pad: 0 };
  const pooled = graph.emit("AveragePool", [transpose(graph, x, TO_FIRST)], outputShape(geometry), attributes);
  return transpose(graph, pooled, TO_LAST);
}

/** How many pixels of the image each window covers. */
function coverage(geometry: Geometry): number[] {
  const along = (out: number, stride: number, before: number, filter: number, size: number): number[] =>
    Array.from({ length: out }, (_, i) => {
      const begin = i * stride - before;
      return Math.min(begin + filter, size) - Math.max(begin, 0);
    });
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo, filterHeight, filterWidth } = geometry;
  const rows = along(outHeight, strideHeight, padInfo.top, filterHeight, geometry.inHeight);
  const columns = along(outWidth, strideWidth, padInfo.left, filterWidth, geometry.inWidth);
  return rows.flatMap((row) => columns.map((column) => row * column));
}

/** Each window's gradient is shared evenly among the pixels it covers. */
function averagePoolGradient(graph: Graph, dy: Value, x: Value, geometry: Geometry): Value {
  const { outHeight, outWidth, inChannels, filterHeight, filterWidth } = geometry;
  const count = graph.constant(coverage(geometry), [outHeight, outWidth, 1], "float32");
  const share = transpose(graph, binary(graph, "Div", dy, count), TO_FIRST);
  const ones = uniform(graph, 1, [inChannels, 1, filterHeight, filterWidth], "float32");
  const shape = [x.shape[0]!, x.shape[3]!, x.shape[1]!, x.shape[2]!];
  return transpose(graph, graph.emit("ConvTranspose", [share, ones], shape, geometry.transposed), TO_LAST);
}

/** Pooling and its gradients, as ONNX. */
export const pooling: KernelFamily = {
  MaxPool: kernel<"x", MaxPoolAttrs>((graph, { x }, attributes) => maxPool(graph, x, windowOf(x, attributes))),
  MaxPoolGrad: kernel<"dy" | "input" | "output", MaxPoolGradAttrs>((graph, { dy, input }, attributes) =>
    maxPoolGradient(graph, dy, input, windowOf(input, attributes)),
  ),
  AvgPool: kernel<"x", AvgPoolAttrs>((graph, { x }, attributes) => averagePool(graph, x, windowOf(x, attributes))),
  AvgPoolGrad: kernel<"dy" | "input", AvgPoolGradAttrs>((graph, { dy, input }, attributes) =>
    averagePoolGradient(graph, dy, input, windowOf(input, attributes)),
  ),
};
