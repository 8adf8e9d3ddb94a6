import type { GatherV2Attrs, Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type GradientFamily, gradient } from "./gradient.js";

const noGradient = (indices: Tensor): Tensor => tf.zerosLike(tf.cast(indices, "float32"));

/** Adds the gradient of each taken element to the place it was taken from. */
function gatherGradient(dy: Tensor, x: Tensor, indices: Tensor, { axis, batchDims }: GatherV2Attrs): Tensor {
  if (batchDims !== 0) throw new Error("gather with batch dimensions has no gradient here; use oneHot and matMul.");
  const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const axes = dy.shape.map((_, i) => i);
  const picked = axes.slice(along, along + indices.rank);
  const rest = [...axes.slice(0, along), ...axes.slice(along + indices.rank)];
  const shape = [x.shape[along]!, ...x.shape.slice(0, along), ...x.shape.slice(along + 1)];
  const rows = tf.reshape(tf.transpose(dy, [...picked, ...rest]), [indices.size, ...shape.slice(1)]);
  const sums = tf.scatterND(tf.reshape(indices, [indices.size, 1]), rows, shape);
  const back = x.shape.map((_, i) => (i === along ? 0 : i < along ? i + 1 : i));
  return tf.transpose(sums, back);
}

/** The gradients of gathering and scattering by indices. */
export const gatherScatterGradients: GradientFamily = {
  GatherV2: gradient<GatherV2Attrs>({ inputs: ["x", "indices"] }, (dy, [x, indices], attributes) => ({
    x: () => gatherGradient(dy, x!, indices!, attributes),
    indices: () => noGradient(indices!),
  })),
  GatherNd: gradient({ inputs: ["params", "indices"] }, (dy, [params, indices]) => ({
    params: () => tf.scatterND(indices!, dy, params!.shape),
    indices: () => noGradient(indices!),
  })),
  ScatterNd: gradient({ inputs: ["indices"] }, (dy, [indices]) => ({
    indices: () => noGradient(indices!),
    updates: () => tf.gatherND(dy, indices!),
  })),
  UnsortedSegmentSum: gradient({ inputs: ["segmentIds"] }, (dy, [ids]) => ({
    x: () => {
      const exists = tf.cast(tf.logicalAnd(tf.greaterEqual(ids!, 0), tf.less(ids!, dy.shape[0]!)), "float32");
      const rows = tf.gather(dy, tf.cast(tf.clipByValue(ids!, 0, dy.shape[0]! - 1), "int32"));
      return tf.mul(rows, tf.reshape(exists, [...ids!.shape, ...dy.shape.slice(1).map(() => 1)]));
    },
    segmentIds: () => noGradient(ids!),
  })),
  OneHot: gradient({ inputs: ["indices"] }, (_, [indices]) => ({
    indices: () => noGradient(indices!),
  })),
};
