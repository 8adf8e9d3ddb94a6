import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  FusedDepthwiseConv2DAttrs,
} from "@tensorflow/tfjs-core";
import type { Graph, Value } from "../trace/graph.js";
import { binary, reshape, transpose } from "../trace/rewrite-graph.js";
import { activate } from "./activation.js";
import { type Geometry, geometryOf } from "./convolution-geometry.js";
import { everyNth } from "./filter-gradient.js";
import { type KernelFamily, kernel } from "./kernel-family.js";
import { pad } from "./window.js";

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

/** tfjs's `[height, width, channels, multiplier]` as ONNX's `[channels · multiplier, 1, height, width]`. */
function groupedFilter(graph: Graph, filter: Value): Value {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return reshape(graph, transpose(graph, filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function convolve(graph: Graph, x: Value, filter: Value, geometry: Geometry): Value {
  const shape = [geometry.batchSize, geometry.outChannels, geometry.outHeight, geometry.outWidth];
  const inputs = [transpose(graph, x, TO_FIRST), groupedFilter(graph, filter)];
  return transpose(graph, graph.emit("Conv", inputs, shape, geometry.attributes), TO_LAST);
}

function inputGradient(graph: Graph, dy: Value, filter: Value, geometry: Geometry): Value {
  const shape = [geometry.batchSize, geometry.inChannels, geometry.inHeight, geometry.inWidth];
  const inputs = [transpose(graph, dy, TO_FIRST), groupedFilter(graph, filter)];
  return transpose(graph, graph.emit("ConvTranspose", inputs, shape, geometry.transposed), TO_LAST);
}

/** For each tap, the sum over pixels of dy times what the tap met. */
function filterGradient(graph: Graph, x: Value, dy: Value, geometry: Geometry): Value {
  const { batchSize, outHeight, outWidth, inChannels, outChannels, filterHeight, filterWidth } = geometry;
  const { top, bottom, left, right } = geometry.padInfo;
  const padded = pad(
    graph,
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    0,
  );
  const pixels = batchSize * outHeight * outWidth;
  const gradient = reshape(graph, dy, [pixels, inChannels, outChannels / inChannels]);
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const row = Math.floor(tap / filterWidth) * geometry.dilationHeight;
    const column = (tap % filterWidth) * geometry.dilationWidth;
    const met = reshape(graph, everyNth(graph, padded, geometry, row, column), [pixels, inChannels, 1]);
    const product = binary(graph, "Mul", gradient, met);
    return graph.emit("ReduceSum", [product, graph.integers([0])], [1, ...product.shape.slice(1)], { keepdims: 1 });
  });
  const shape = [filterHeight, filterWidth, inChannels, outChannels / inChannels];
  const joined =
    taps.length === 1 ? taps[0]! : graph.emit("Concat", taps, [taps.length, ...shape.slice(2)], { axis: 0 });
  return reshape(graph, joined, shape);
}

type FusedInputs = "x" | "filter" | "bias" | "preluActivationWeights";

/** Depthwise convolutions and their gradients, as ONNX. */
export const depthwiseConvolutions: KernelFamily = {
  DepthwiseConv2dNative: kernel<"x" | "filter", DepthwiseConv2dNativeAttrs>((graph, { x, filter }, attributes) =>
    convolve(graph, x, filter, geometryOf(x.shape, filter.shape, attributes, true)),
  ),
  FusedDepthwiseConv2D: kernel<FusedInputs, FusedDepthwiseConv2DAttrs>((graph, inputs, attributes) => {
    const { x, filter, bias, preluActivationWeights } = inputs;
    const convolved = convolve(graph, x, filter, geometryOf(x.shape, filter.shape, attributes, true));
    const biased = bias ? binary(graph, "Add", convolved, bias) : convolved;
    return activate(graph, biased, attributes, preluActivationWeights);
  }),
  DepthwiseConv2dNativeBackpropInput: kernel<"dy" | "filter", DepthwiseConv2dNativeBackpropInputAttrs>(
    (graph, { dy, filter }, attributes) =>
      inputGradient(graph, dy, filter, geometryOf(attributes.inputShape, filter.shape, attributes, true)),
  ),
  DepthwiseConv2dNativeBackpropFilter: kernel<"x" | "dy", DepthwiseConv2dNativeBackpropFilterAttrs>(
    (graph, { x, dy }, attributes) =>
      filterGradient(graph, x, dy, geometryOf(x.shape, attributes.filterShape, attributes, true)),
  ),
};
