import { backend_util } from "@tensorflow/tfjs-core";
import type { Attributes, Shape } from "../trace/graph.js";

/** The sizes of a convolution, and the attributes of the ONNX operators that compute it and its input's gradient. */
export interface Geometry extends backend_util.Conv2DInfo {
  /** For Conv. */
  readonly attributes: Attributes;
  /** For ConvTranspose. */
  readonly transposed: Attributes;
  /** For the Conv that gives the input's gradient, where the stride is one. */
  readonly mirrored?: Attributes;
}

interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** @param filter `[height, width, in channels, out channels]` (depthwise: the last is the channel multiplier) */
export function geometryOf(
  input: Shape,
  filter: Shape,
  attributes: ConvolutionAttributes,
  depthwise = false,
): Geometry {
  const format = attributes.dataFormat === "NCHW" ? "channelsFirst" : "channelsLast";
  const sizes = backend_util.computeConv2DInfo(
    [...input] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    depthwise,
    format,
  );
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, strideHeight, strideWidth } = sizes;
  const { top, left, bottom, right } = sizes.padInfo;
  const group = depthwise ? sizes.inChannels : 1;
  const reachHeight = (filterHeight - 1) * dilationHeight;
  const reachWidth = (filterWidth - 1) * dilationWidth;
  // The pixels at the lower and right edge that no stride of the filter reaches.
  const unreached = [
    sizes.inHeight + top + bottom - (sizes.outHeight - 1) * strideHeight - reachHeight - 1,
    sizes.inWidth + left + right - (sizes.outWidth - 1) * strideWidth - reachWidth - 1,
  ];
  const common = { kernel_shape: [filterHeight, filterWidth], dilations: [dilationHeight, dilationWidth], group };
  const strides = [strideHeight, strideWidth];
  const pads = [top, left, bottom, right];
  const mirroredPads = [reachHeight - top, reachWidth - left, reachHeight - bottom, reachWidth - right];
  const canMirror = strideHeight === 1 && strideWidth === 1 && mirroredPads.every((amount) => amount >= 0);
  return {
    ...sizes,
    attributes: { ...common, strides, pads },
    transposed: { ...common, strides, pads, output_padding: unreached },
    ...(canMirror && { mirrored: { ...common, strides, pads: mirroredPads } }),
  };
}

/** Whether each output pixel depends on one input pixel: a matrix product. */
export function isPointwise({ filterHeight, filterWidth, padInfo }: Geometry): boolean {
  return filterHeight === 1 && filterWidth === 1 && padInfo.top + padInfo.left + padInfo.bottom + padInfo.right === 0;
}
