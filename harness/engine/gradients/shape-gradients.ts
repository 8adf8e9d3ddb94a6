import type {
  BatchToSpaceNDAttrs,
  ConcatAttrs,
  PackAttrs,
  PadV2Attrs,
  ReverseAttrs,
  SliceAttrs,
  SpaceToBatchNDAttrs,
  SplitVAttrs,
  Tensor,
  TileAttrs,
  TransposeAttrs,
  UnpackAttrs,
} from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { type GradientFamily, gradient } from "./gradient.js";

/** Each repeated axis is opened into repetitions and length, and the repetitions summed. */
function untile(dy: Tensor, shape: readonly number[], repeats: readonly number[]): Tensor {
  const opened = shape.flatMap((size, axis) => (repeats[axis] === 1 ? [size] : [repeats[axis]!, size]));
  const repetitions: number[] = [];
  shape.forEach((_, axis) => {
    if (repeats[axis] !== 1) repetitions.push(axis + repetitions.length);
  });
  return repetitions.length === 0 ? dy : tf.reshape(tf.sum(tf.reshape(dy, opened), repetitions), [...shape]);
}

function inverse(permutation: readonly number[]): number[] {
  const inverted: number[] = [];
  permutation.forEach((axis, i) => {
    inverted[axis] = i;
  });
  return inverted;
}

const asInput = gradient({ inputs: ["x"] }, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }));

/** The gradients of kernels that only rearrange numbers: reshaping, slices, padding. */
export const shapeGradients: GradientFamily = {
  Reshape: asInput,
  ExpandDims: gradient({ inputs: ["input"] }, (dy, [input]) => ({ input: () => tf.reshape(dy, input!.shape) })),
  Transpose: gradient<TransposeAttrs>({}, (dy, _, { perm }) => ({ x: () => tf.transpose(dy, inverse(perm)) })),
  Pack: gradient<PackAttrs>({}, (dy, _, { axis }) => {
    const parts = tf.unstack(dy, axis);
    return Object.fromEntries(parts.map((part, i) => [i, () => part]));
  }),
  Unpack: gradient<UnpackAttrs, Tensor[]>({}, (dys, _, { axis }) => ({ value: () => tf.stack(dys, axis) })),
  SplitV: gradient<SplitVAttrs, Tensor[]>({}, (dys, _, { axis }) => ({ x: () => tf.concat(dys, axis) })),
  Tile: gradient<TileAttrs>({ inputs: ["x"] }, (dy, [x], { reps }) => ({ x: () => untile(dy, x!.shape, reps) })),
  Slice: gradient<SliceAttrs>({ inputs: ["x"] }, (dy, [x], attributes) => ({
    x: () => {
      const [begin, size] = tf.slice_util.parseSliceParams(x!, attributes.begin, attributes.size);
      return tf.pad(
        dy,
        x!.shape.map((length, axis): [number, number] => [begin![axis]!, length - begin![axis]! - size![axis]!]),
      );
    },
  })),
  PadV2: gradient<PadV2Attrs>({ inputs: ["x"] }, (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        paddings.map(([before]) => before),
        x!.shape,
      ),
  })),
  Reverse: gradient<ReverseAttrs>({}, (dy, _, { dims }) => ({
    x: () => tf.reverse(dy, tf.util.parseAxisParam(dims, dy.shape)),
  })),
  SpaceToBatchND: gradient<SpaceToBatchNDAttrs>({}, (dy, _, { blockShape, paddings }) => ({
    x: () => tf.batchToSpaceND(dy, blockShape, paddings),
  })),
  BatchToSpaceND: gradient<BatchToSpaceNDAttrs>({}, (dy, _, { blockShape, crops }) => ({
    x: () => tf.spaceToBatchND(dy, blockShape, crops),
  })),
};

/** Concat takes a list: every input is kept, for its length. */
export const CONCAT = {
  kernelName: "Concat",
  saveAllInputs: true,
  gradFunc: (dy: Tensor | Tensor[], saved: Tensor[], attributes: object) => {
    const { axis } = attributes as ConcatAttrs;
    const along = tf.util.parseAxisParam(axis, saved[0]!.shape)[0]!;
    const parts = tf.split(
      dy as Tensor,
      saved.map((input) => input.shape[along]!),
      along,
    );
    return Object.fromEntries(parts.map((part, i) => [i, () => part]));
  },
};

/** AddN takes a list: the gradient flows to each alike. */
export const ADD_N = {
  kernelName: "AddN",
  saveAllInputs: true,
  gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) =>
    Object.fromEntries(saved.map((_, i) => [i, () => (dy as Tensor).clone()])),
};
