import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  FusedConv2DAttrs,
} from "@tensorflow/tfjs-core";
import type { Graph, Value } from "../trace/graph.js";
import { binary, reshape, transpose } from "../trace/rewrite-graph.js";
import { activate } from "./activation.js";
import { type Geometry, geometryOf, isPointwise } from "./convolution-geometry.js";
import { everyNth, filterGradient } from "./filter-gradient.js";
import { type KernelFamily, kernel } from "./kernel-family.js";
import { multiplyMatrices, transposeMatrix } from "./linear-algebra.js";
import { pad, slice } from "./window.js";

type Format = "NHWC" | "NCHW";

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/** tfjs keeps channels last, ONNX first: x and the filter are transposed in and the result out. */
function toFirst(graph: Graph, x: Value, format: Format): Value {
  return format === "NHWC" ? transpose(graph, x, TO_CHANNELS_FIRST) : x;
}

function fromFirst(graph: Graph, x: Value, format: Format): Value {
  return format === "NHWC" ? transpose(graph, x, TO_CHANNELS_LAST) : x;
}

function convolve(graph: Graph, x: Value, filter: Value, geometry: Geometry, format: Format): Value {
  const { batchSize, outChannels, outHeight, outWidth } = geometry;
  if (isPointwise(geometry) && format === "NHWC") {
    const pixels = everyNth(graph, x, geometry, 0, 0);
    const rows = reshape(graph, pixels, [batchSize * outHeight * outWidth, geometry.inChannels]);
    const product = multiplyMatrices(graph, rows, reshape(graph, filter, [geometry.inChannels, outChannels]));
    return reshape(graph, product, [batchSize, outHeight, outWidth, outChannels]);
  }
  const inputs = [toFirst(graph, x, format), transpose(graph, filter, [3, 2, 0, 1])];
  const shape = [batchSize, outChannels, outHeight, outWidth];
  return fromFirst(graph, graph.emit("Conv", inputs, shape, geometry.attributes), format);
}

/**
 * The gradient of a convolution's input. For stride one it is the convolution with the filter turned about,
 * which ONNX Runtime computes faster than a transposed convolution.
 */
function inputGradient(graph: Graph, dy: Value, filter: Value, geometry: Geometry, format: Format): Value {
  const { batchSize, inChannels, inHeight, inWidth, outChannels, outHeight, outWidth } = geometry;
  if (isPointwise(geometry) && format === "NHWC") {
    const rows = reshape(graph, dy, [batchSize * outHeight * outWidth, outChannels]);
    const product = multiplyMatrices(
      graph,
      rows,
      transposeMatrix(graph, reshape(graph, filter, [inChannels, outChannels])),
    );
    return spread(graph, reshape(graph, product, [batchSize, outHeight, outWidth, inChannels]), geometry);
  }
  const first = toFirst(graph, dy, format);
  const shape = [batchSize, inChannels, inHeight, inWidth];
  const gradient = geometry.mirrored
    ? graph.emit("Conv", [first, transpose(graph, turned(graph, filter), [2, 3, 0, 1])], shape, geometry.mirrored)
    : graph.emit("ConvTranspose", [first, transpose(graph, filter, [3, 2, 0, 1])], shape, geometry.transposed);
  return fromFirst(graph, gradient, format);
}

/** Puts pixels a stride apart, and zeros between. */
function spread(graph: Graph, x: Value, { strideHeight, strideWidth, inHeight, inWidth }: Geometry): Value {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const opened = reshape(graph, x, [batch, height, 1, width, 1, channels]);
  const between = (stride: number): [number, number] => [0, stride - 1];
  const none: [number, number] = [0, 0];
  const padded = pad(graph, opened, [none, none, between(strideHeight), none, between(strideWidth), none], 0);
  const wide = reshape(graph, padded, [batch, height * strideHeight, width * strideWidth, channels]);
  return slice(graph, wide, [0, 0, 0, 0], [batch, inHeight, inWidth, channels]);
}

/** The filter turned by half a circle. */
function turned(graph: Graph, filter: Value): Value {
  const [height = 1, width = 1] = filter.shape;
  if (height === 1 && width === 1) return filter;
  const below = -1 - Math.max(height, width);
  const reversed = [graph.integers([-1, -1]), graph.integers([below, below])];
  return graph.emit("Slice", [filter, ...reversed, graph.integers([0, 1]), graph.integers([-1, -1])], filter.shape);
}

/** Adds a bias by channel. */
export function addBias(graph: Graph, x: Value, bias: Value | undefined, format: Format): Value {
  if (!bias) return x;
  const perChannel = format === "NCHW" && bias.shape.length === 1 ? reshape(graph, bias, [bias.shape[0]!, 1, 1]) : bias;
  return binary(graph, "Add", x, perChannel);
}

type FusedInputs = "x" | "filter" | "bias" | "preluActivationWeights";

/** Convolutions and their gradients, as ONNX. */
export const convolutions: KernelFamily = {
  Conv2D: kernel<"x" | "filter", Conv2DAttrs>((graph, { x, filter }, attributes) =>
    convolve(graph, x, filter, geometryOf(x.shape, filter.shape, attributes), attributes.dataFormat),
  ),
  FusedConv2D: kernel<FusedInputs, FusedConv2DAttrs>((graph, inputs, attributes) => {
    const { x, filter, bias, preluActivationWeights } = inputs;
    const geometry = geometryOf(x.shape, filter.shape, attributes);
    const convolved = convolve(graph, x, filter, geometry, attributes.dataFormat);
    const biased = addBias(graph, convolved, bias, attributes.dataFormat);
    return activate(graph, biased, attributes, preluActivationWeights);
  }),
  Conv2DBackpropInput: kernel<"dy" | "filter", Conv2DBackpropInputAttrs>((graph, { dy, filter }, attributes) =>
    inputGradient(
      graph,
      dy,
      filter,
      geometryOf(attributes.inputShape, filter.shape, attributes),
      attributes.dataFormat,
    ),
  ),
  Conv2DBackpropFilter: kernel<"x" | "dy", Conv2DBackpropFilterAttrs>((graph, { x, dy }, attributes) => {
    const { dataFormat, filterShape } = attributes;
    const geometry = geometryOf(x.shape, filterShape, attributes);
    const last = (value: Value): Value => (dataFormat === "NCHW" ? transpose(graph, value, TO_CHANNELS_LAST) : value);
    return filterGradient(graph, last(x), last(dy), geometry);
  }),
};
