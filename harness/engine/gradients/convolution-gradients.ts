import type {
  AvgPoolAttrs,
  Conv2DAttrs,
  Conv2DBackpropInputAttrs,
  DepthwiseConv2dNativeAttrs,
  MaxPoolAttrs,
  NamedAttrMap,
  ResizeBilinearAttrs,
  ResizeNearestNeighborAttrs,
  Tensor,
} from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type GradientFamily, gradient } from "./gradient.js";

/** Runs a kernel that tfjs has no public operation for. */
function run(kernelName: string, inputs: Record<string, Tensor>, attributes: object): Tensor {
  return tf.engine().runKernel<Tensor>(kernelName, inputs, attributes as NamedAttrMap);
}

function requireNoDilation(dilations: number | readonly number[]): void {
  const sizes = typeof dilations === "number" ? [dilations] : dilations;
  if (sizes.some((size) => size > 1)) throw new Error("a dilated convolution has no gradient here.");
}

const X_AND_FILTER = { inputs: ["x", "filter"] } as const;

/** The gradients of a convolution by the kernels that tfjs has for them. */
function convolution(inputKernel: string, filterKernel: string) {
  return gradient<Conv2DAttrs & DepthwiseConv2dNativeAttrs>(X_AND_FILTER, (dy, [x, filter], attributes) => {
    requireNoDilation(attributes.dilations);
    return {
      x: () => run(inputKernel, { dy, filter: filter! }, { ...attributes, inputShape: x!.shape }),
      filter: () => run(filterKernel, { x: x!, dy }, { ...attributes, filterShape: filter!.shape }),
    };
  });
}

/** The gradients of convolutions, pooling and resizing. */
export const convolutionGradients: GradientFamily = {
  Conv2D: convolution("Conv2DBackpropInput", "Conv2DBackpropFilter"),
  DepthwiseConv2dNative: convolution("DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"),
  Conv2DBackpropInput: gradient<Conv2DBackpropInputAttrs>(
    { inputs: ["dy", "filter"] },
    (ddx, [dy, filter], attributes) => ({
      dy: () => run("Conv2D", { x: ddx, filter: filter! }, { ...attributes, dilations: 1 }),
      filter: () => run("Conv2DBackpropFilter", { x: ddx, dy: dy! }, { ...attributes, filterShape: filter!.shape }),
    }),
  ),
  MaxPool: gradient<MaxPoolAttrs>({ inputs: ["x"], output: true }, (dy, [input, output], attributes) => ({
    x: () => run("MaxPoolGrad", { dy, input: input!, output: output! }, attributes),
  })),
  AvgPool: gradient<AvgPoolAttrs>({ inputs: ["x"] }, (dy, [input], attributes) => ({
    x: () => run("AvgPoolGrad", { dy, input: input! }, attributes),
  })),
  ResizeBilinear: gradient<ResizeBilinearAttrs>({ inputs: ["images"] }, (dy, [images], attributes) => ({
    images: () => run("ResizeBilinearGrad", { dy, images: images! }, attributes),
  })),
  ResizeNearestNeighbor: gradient<ResizeNearestNeighborAttrs>({ inputs: ["images"] }, (dy, [images], attributes) => ({
    images: () => run("ResizeNearestNeighborGrad", { dy, images: images! }, attributes),
  })),
};
