import type { ResizeBilinearAttrs, ResizeNearestNeighborAttrs } from "@tensorflow/tfjs-core";
import type { Graph, Value } from "../trace/graph.js";
import { cast, reshape } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";
import { multiplyMatrices, transposeMatrix } from "./linear-algebra.js";

/*
 * Resizing is linear and works along each axis for itself: a product with a constant matrix `[to, from]` whose rows
 * say how each new pixel is mixed of old ones. The gradient is the product with the matrix transposed.
 */

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

/** The weights of the old pixels in one new pixel, as (index, weight). */
type Mixture = (at: number, from: number) => readonly (readonly [index: number, weight: number])[];

const bilinear: Mixture = (at, from) => {
  const low = Math.floor(at);
  const clamp = (index: number): number => Math.min(Math.max(index, 0), from - 1);
  return [
    [clamp(low), 1 - (at - low)],
    [clamp(low + 1), at - low],
  ];
};

const nearest =
  (round: (at: number) => number): Mixture =>
  (at, from) => [[Math.min(Math.max(round(at), 0), from - 1), 1]];

/** Where a new pixel lies among the old ones. */
function positionOf(
  i: number,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
  half: number,
) {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? (i + 0.5) * scale - half : i * scale;
}

function weights(from: number, to: number, attributes: ResizeAttributes, mixture: Mixture, half: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    for (const [index, weight] of mixture(positionOf(i, from, to, attributes, half), from)) {
      matrix[i * from + index]! += weight;
    }
  }
  return matrix;
}

type Method = (attributes: ResizeAttributes) => { readonly mixture: Mixture; readonly half: number };

const bilinearly: Method = () => ({ mixture: bilinear, half: 0.5 });

/** tfjs takes the pixel whose area covers the new centre, and with aligned corners the nearest by rounding. */
const toNearest: Method = ({ alignCorners }) => ({ mixture: nearest(alignCorners ? Math.round : Math.floor), half: 0 });

type Direction = "forward" | "backward";

function resize(
  graph: Graph,
  x: Value,
  from: readonly number[],
  attributes: ResizeAttributes,
  method: Method,
  direction: Direction,
) {
  const [height = 1, width = 1] = from;
  const { mixture, half } = method(attributes);
  const matrix = (old: number, size: number): Value => {
    const constant = graph.constant(weights(old, size, attributes, mixture, half), [size, old], "float32");
    return direction === "forward" ? constant : transposeMatrix(graph, constant);
  };
  const [rows, columns] = [matrix(height, attributes.size[0]), matrix(width, attributes.size[1])];
  const [batch = 0, oldHeight = 0, oldWidth = 0, channels = 0] = x.shape;
  const lines = reshape(graph, cast(graph, x, "float32"), [batch * oldHeight, oldWidth, channels]);
  const wide = multiplyMatrices(graph, columns, lines);
  const newWidth = columns.shape[0]!;
  const images = reshape(graph, wide, [batch, oldHeight, newWidth * channels]);
  const high = multiplyMatrices(graph, rows, images);
  return reshape(graph, high, [batch, rows.shape[0]!, newWidth, channels]);
}

function forward<Attributes extends ResizeAttributes>(method: Method) {
  return kernel<"images", Attributes>((graph, { images }, attributes) =>
    resize(graph, images, images.shape.slice(1, 3), attributes, method, "forward"),
  );
}

/** The gradient's own size is the new one; the attributes of tfjs's gradient kernels do not give it. */
function backward<Attributes extends ResizeAttributes>(method: Method) {
  return kernel<"images" | "dy", Attributes>((graph, { images, dy }, attributes) => {
    const size = [dy.shape[1]!, dy.shape[2]!] as [number, number];
    return resize(graph, dy, images.shape.slice(1, 3), { ...attributes, size }, method, "backward");
  });
}

/** Resizing of images and its gradients, as ONNX. */
export const resizing: KernelFamily = {
  ResizeBilinear: forward<ResizeBilinearAttrs>(bilinearly),
  ResizeBilinearGrad: backward<ResizeBilinearAttrs>(bilinearly),
  ResizeNearestNeighbor: forward<ResizeNearestNeighborAttrs>(toNearest),
  ResizeNearestNeighborGrad: backward<ResizeNearestNeighborAttrs>(toNearest),
};
