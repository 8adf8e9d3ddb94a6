import type { FusedBatchNormAttrs } from "@tensorflow/tfjs-core";
import { binary, unary } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

/** Batch normalisation, as ONNX. */
export const normalisation: KernelFamily = {
  FusedBatchNorm: kernel<"x" | "scale" | "offset" | "mean" | "variance", FusedBatchNormAttrs>(
    (graph, { x, scale, offset, mean, variance }, { varianceEpsilon }) => {
      const deviation = unary(graph, "Sqrt", binary(graph, "Add", variance, graph.scalar(varianceEpsilon, "float32")));
      const standard = binary(graph, "Div", binary(graph, "Sub", x, mean), deviation);
      const scaled = scale ? binary(graph, "Mul", standard, scale) : standard;
      return offset ? binary(graph, "Add", scaled, offset) : scaled;
    },
  ),
};
