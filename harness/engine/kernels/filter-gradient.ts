import type { Graph, Value } from "../trace/graph.js";
import { reshape, transpose } from "../trace/rewrite-graph.js";
import type { Geometry } from "./convolution-geometry.js";
import { multiplyMatrices, transposeMatrix } from "./linear-algebra.js";
import { concatenate } from "./shape.js";
import { pad } from "./window.js";

/**
 * Up to this many input channels the gradient is one convolution of x by dy with batch and channels exchanged
 * (an image's stem, 7×7 on 3 channels of 128 px: 34 ms of one core, where products take 56); above it, a product
 * for each row of the filter (3×3 on 64 channels of 32 px: 61 ms against 83).
 */
const FEW_CHANNELS = 4;

/** The pixels that one tap of the filter meets as it strides: `[batch, outHeight, outWidth, channels]`. */
export function everyNth(graph: Graph, x: Value, geometry: Geometry, row: number, column: number): Value {
  const high = strided(graph, x, 1, row, geometry.outHeight, geometry.strideHeight);
  return strided(graph, high, 2, column, geometry.outWidth, geometry.strideWidth);
}

/** `count` elements along an axis, from `begin` in steps. */
function strided(graph: Graph, x: Value, axis: number, begin: number, count: number, step: number): Value {
  if (x.shape[axis] === count && step === 1) return x;
  const [from, to] = [graph.integers([begin]), graph.integers([begin + (count - 1) * step + 1])];
  const shape = x.shape.map((size, i) => (i === axis ? count : size));
  return graph.emit("Slice", [x, from, to, graph.integers([axis]), graph.integers([step])], shape);
}

/**
 * The gradient of a filter, `[height, width, in channels, out channels]`, from x and dy with channels last. The products
 * give it with the outputs first: who stores filters as PyTorch does has one axis moved, and not all four, which takes five
 * times as long.
 */
export function filterGradient(graph: Graph, x: Value, dy: Value, geometry: Geometry): Value {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
  const pointwise = filterHeight === 1 && filterWidth === 1;
  if (inChannels <= FEW_CHANNELS && !pointwise) return byConvolution(graph, x, dy, geometry);
  const pixels = dy.shape[0]! * dy.shape[1]! * dy.shape[2]!;
  const byChannel = transposeMatrix(graph, reshape(graph, dy, [pixels, outChannels]));
  const inner = filterWidth * inChannels;
  const rows = coveredRows(graph, x, geometry).map((row) =>
    multiplyMatrices(graph, byChannel, reshape(graph, row, [pixels, inner])),
  );
  const gradient = reshape(graph, concatenate(graph, rows, 1), [outChannels, filterHeight, filterWidth, inChannels]);
  return transpose(graph, gradient, [1, 2, 3, 0]);
}

/**
 * For each row of the filter what it covers at each output pixel: `[batch, outHeight, outWidth, width · channels]`.
 * The taps of a row are laid side by side once; the rows of the filter are then the same thing, shifted.
 */
function coveredRows(graph: Graph, x: Value, geometry: Geometry): Value[] {
  const { top, bottom, left, right } = geometry.padInfo;
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = geometry;
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
  const taps = Array.from({ length: filterWidth }, (_, tap) =>
    strided(graph, padded, 2, tap * dilationWidth, geometry.outWidth, geometry.strideWidth),
  );
  const wide = concatenate(graph, taps, 3);
  return Array.from({ length: filterHeight }, (_, row) =>
    strided(graph, wide, 1, row * dilationHeight, geometry.outHeight, geometry.strideHeight),
  );
}

/** dy slides over x as a filter would, dilated by the stride; channels take the place of the batch. */
function byConvolution(graph: Graph, x: Value, dy: Value, geometry: Geometry): Value {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth } = geometry;
  const unseen = (size: number, before: number, out: number, stride: number, filter: number, dilation: number) =>
    (out - 1) * stride + (filter - 1) * dilation + 1 - size - before;
  const bottom = unseen(x.shape[1]!, padInfo.top, outHeight, strideHeight, filterHeight, dilationHeight);
  const right = unseen(x.shape[2]!, padInfo.left, outWidth, strideWidth, filterWidth, dilationWidth);
  const seen = pad(
    graph,
    x,
    [
      [0, 0],
      [0, Math.min(0, bottom)],
      [0, Math.min(0, right)],
      [0, 0],
    ],
    0,
  );
  const exchange = [3, 0, 1, 2];
  const inputs = [transpose(graph, seen, exchange), transpose(graph, dy, exchange)];
  const gradient = graph.emit("Conv", inputs, [inChannels, outChannels, filterHeight, filterWidth], {
    kernel_shape: [outHeight, outWidth],
    dilations: [strideHeight, strideWidth],
    strides: [dilationHeight, dilationWidth],
    pads: [padInfo.top, padInfo.left, Math.max(0, bottom), Math.max(0, right)],
  });
  return transpose(graph, gradient, [2, 3, 0, 1]);
}
