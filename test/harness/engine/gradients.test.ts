import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../../harness/engine/index.js";
import { type Filling, fill, float, given, seeded } from "./random.js";

type Tensors = Record<string, tf.Tensor>;

interface GradientCase {
  /** What the gradient is taken by; floats all. */
  readonly by: Readonly<Record<string, Filling>>;
  readonly fn: (inputs: Tensors) => tf.Tensor;
}

const x = (shape: readonly number[] = [2, 3], low = -2, high = 2) => ({ x: float(shape, low, high) });
const of = (fn: (x: tf.Tensor) => tf.Tensor, by = x()): GradientCase => ({ by, fn: (inputs) => fn(inputs.x!) });
const pair = (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, low = -2, high = 2): GradientCase => ({
  by: { a: float([3, 2], low, high), b: float([2], low, high) },
  fn: ({ a, b }) => fn(a!, b!),
});

const image = (channels = 2, size = 5) => ({ x: float([1, size, size, channels]) });
const convolution = (strides: number, pad: "same" | "valid", filter: number, channels = 2): GradientCase => ({
  by: { ...image(channels, 6), filter: float([filter, filter, channels, 3]) },
  fn: (inputs) => tf.conv2d(inputs.x as tf.Tensor4D, inputs.filter as tf.Tensor4D, strides, pad),
});

const indices = (numbers: number[], shape = [numbers.length]) => tf.tensor(numbers, shape, "int32");

/** Far enough from kinks and poles for a difference of both sides to be the derivative. */
const CASES: Readonly<Record<string, GradientCase>> = {
  add: pair(tf.add),
  sub: pair(tf.sub),
  mul: pair(tf.mul),
  div: pair(tf.div, 0.5, 2),
  maximum: pair(tf.maximum),
  minimum: pair(tf.minimum),
  mod: { by: { a: float([4], 3.1, 3.9), b: float([4], 1.1, 1.4) }, fn: ({ a, b }) => tf.mod(a!, b!) },
  pow: pair(tf.pow, 0.5, 2),
  atan2: pair(tf.atan2, 0.5, 2),
  squaredDifference: pair(tf.squaredDifference),
  addN: pair((a, b) => tf.addN([a, a, tf.add(a, b)])),
  prelu: { by: { ...x(), alpha: float([3]) }, fn: (inputs) => tf.prelu(inputs.x!, inputs.alpha!) },
  where: {
    by: { a: float([4]), b: float([4]) },
    fn: ({ a, b }) => tf.where(tf.tensor1d([1, 0, 1, 0], "bool"), a!, b!),
  },
  abs: of(tf.abs),
  neg: of(tf.neg),
  square: of(tf.square),
  floor: of((v) => tf.add(tf.floor(v), v)),
  exp: of(tf.exp),
  expm1: of(tf.expm1),
  log: of(tf.log, x([3], 0.5, 3)),
  log1p: of(tf.log1p, x([3], -0.5, 3)),
  sqrt: of(tf.sqrt, x([3], 0.5, 3)),
  rsqrt: of(tf.rsqrt, x([3], 0.5, 3)),
  reciprocal: of(tf.reciprocal, x([3], 0.5, 3)),
  sigmoid: of(tf.sigmoid),
  tanh: of(tf.tanh),
  softplus: of(tf.softplus),
  erf: of(tf.erf),
  sin: of(tf.sin),
  cos: of(tf.cos),
  tan: of(tf.tan, x([3], -1, 1)),
  asin: of(tf.asin, x([3], -0.8, 0.8)),
  acos: of(tf.acos, x([3], -0.8, 0.8)),
  atan: of(tf.atan),
  sinh: of(tf.sinh),
  cosh: of(tf.cosh),
  asinh: of(tf.asinh),
  acosh: of(tf.acosh, x([3], 1.5, 3)),
  atanh: of(tf.atanh, x([3], -0.8, 0.8)),
  relu: of(tf.relu),
  relu6: of(tf.relu6, x([9], -2, 8)),
  leakyRelu: of((v) => tf.leakyRelu(v, 0.3)),
  elu: of(tf.elu),
  selu: of(tf.selu),
  clipByValue: of((v) => tf.clipByValue(v, -0.7, 0.7)),
  sum: of((v) => tf.square(tf.sum(v, 1))),
  sumAll: of((v) => tf.square(tf.sum(v))),
  mean: of((v) => tf.square(tf.mean(v, 0, true))),
  max: of((v) => tf.max(v, 1)),
  min: of((v) => tf.min(v)),
  softmax: of((v) => tf.softmax(v)),
  logSoftmax: of((v) => tf.logSoftmax(v)),
  cumsum: of((v) => tf.cumsum(v, 1, true)),
  matMul: { by: { a: float([3, 4]), b: float([4, 2]) }, fn: ({ a, b }) => tf.matMul(a!, b!) },
  matMulTransposed: {
    by: { a: float([2, 4, 3]), b: float([2, 5, 4]) },
    fn: ({ a, b }) => tf.matMul(a!, b!, true, true),
  },
  matMulTransposedLeft: { by: { a: float([4, 3]), b: float([4, 2]) }, fn: ({ a, b }) => tf.matMul(a!, b!, true) },
  matMulTransposedRight: {
    by: { a: float([3, 4]), b: float([2, 4]) },
    fn: ({ a, b }) => tf.matMul(a!, b!, false, true),
  },
  matMulBroadcast: { by: { a: float([2, 3, 4]), b: float([1, 4, 2]) }, fn: ({ a, b }) => tf.matMul(a!, b!) },
  einsum: { by: { a: float([2, 3, 4]), b: float([2, 5, 4]) }, fn: ({ a, b }) => tf.einsum("bij,bkj->bik", a!, b!) },
  reshape: of((v) => tf.square(tf.reshape(v, [3, 2]))),
  expandDims: of((v) => tf.square(tf.expandDims(v, 1))),
  transpose: of((v) => tf.square(tf.transpose(v)), x([2, 3])),
  concat: pair((a, b) => tf.square(tf.concat([a, tf.expandDims(b, 0), a], 0))),
  stack: pair((a, b) => tf.square(tf.stack([a, tf.mul(a, b)], 1))),
  unstack: of((v) => tf.mul(tf.unstack(v, 0)[0]!, tf.unstack(v, 0)[1]!)),
  split: of((v) => tf.mul(tf.split(v, 3, 1)[0]!, tf.split(v, 3, 1)[2]!)),
  tile: of((v) => tf.square(tf.tile(v, [2, 3]))),
  broadcastTo: of((v) => tf.mul(tf.broadcastTo(v, [4, 2, 3]), tf.reshape(tf.range(0, 24), [4, 2, 3]))),
  slice: of((v) => tf.square(tf.slice(v, [0, 1], [2, 2]))),
  pad: of((v) =>
    tf.square(
      tf.pad(
        v,
        [
          [1, 0],
          [0, 2],
        ],
        3,
      ),
    ),
  ),
  reverse: of((v) => tf.mul(tf.reverse(v, 1), v)),
  spaceToBatch: of(
    (v) =>
      tf.square(
        tf.spaceToBatchND(
          v,
          [2, 2],
          [
            [0, 1],
            [1, 0],
          ],
        ),
      ),
    image(),
  ),
  batchToSpace: of(
    (v) =>
      tf.square(
        tf.batchToSpaceND(
          v,
          [2, 2],
          [
            [0, 1],
            [1, 0],
          ],
        ),
      ),
    { x: float([4, 2, 2, 1]) },
  ),
  gather: of((v) => tf.square(tf.gather(v, indices([2, 0, 2]), 0)), x([3, 2])),
  gatherInner: of((v) => tf.square(tf.gather(v, indices([2, 0, 2, 1], [2, 2]), 1)), x([2, 3, 2])),
  gatherND: of((v) => tf.square(tf.gatherND(v, indices([1, 0, 1, 0, 0, 2], [3, 2]))), x([2, 3])),
  scatterND: of((v) => tf.square(tf.scatterND(indices([3, 1, 3], [3, 1]), v, [5])), x([3])),
  unsortedSegmentSum: of((v) => tf.square(tf.unsortedSegmentSum(v, indices([1, 0, 1]) as tf.Tensor1D, 3)), x([3, 2])),
  conv2d: convolution(1, "same", 3),
  conv2dStrided: convolution(2, "same", 3, 5),
  conv2dPointwise: convolution(1, "same", 1),
  conv2dPointwiseStrided: convolution(2, "valid", 1),
  conv2dPatches: convolution(3, "valid", 3),
  conv2dTranspose: {
    by: { dy: float([1, 3, 3, 2]), filter: float([3, 3, 4, 2]) },
    fn: (inputs) => tf.conv2dTranspose(inputs.dy as tf.Tensor4D, inputs.filter as tf.Tensor4D, [1, 6, 6, 4], 2, "same"),
  },
  depthwiseConv2d: {
    by: { ...image(3), filter: float([3, 3, 3, 2]) },
    fn: (inputs) => tf.depthwiseConv2d(inputs.x as tf.Tensor4D, inputs.filter as tf.Tensor4D, 1, "same"),
  },
  maxPool: of((v) => tf.square(tf.maxPool(v as tf.Tensor4D, 3, 2, "same")), image()),
  avgPool: of((v) => tf.square(tf.avgPool(v as tf.Tensor4D, 2, 2, "valid")), image()),
  resizeBilinear: of((v) => tf.square(tf.image.resizeBilinear(v as tf.Tensor4D, [7, 7], true)), image(2, 4)),
  fused: {
    by: { a: float([3, 4]), b: float([4, 2]), bias: float([2]) },
    fn: ({ a, b, bias }) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: "relu" }),
  },
};

/** Where the cpu backend's gradient kernel is known to be wrong: compiled and finite differences only. */
const COMPILED_ONLY: Readonly<Record<string, GradientCase>> = {
  avgPoolOverEdge: of((v) => tf.square(tf.avgPool(v as tf.Tensor4D, 3, 2, "same")), image()),
  resizeHalfPixel: of((v) => tf.square(tf.image.resizeBilinear(v as tf.Tensor4D, [7, 3], false, true)), {
    x: float([2, 4, 5, 1]),
  }),
  resizeNearest: of((v) => tf.square(tf.image.resizeNearestNeighbor(v as tf.Tensor4D, [7, 3])), {
    x: float([2, 4, 5, 1]),
  }),
};

/** Every element of the result counts, and each differently. */
function loss(fn: GradientCase["fn"], inputs: Tensors): tf.Scalar {
  const result = fn(inputs);
  const weights = tf.add(tf.sin(tf.range(0, result.size)), 1.5);
  return tf.sum(tf.mul(tf.reshape(result, [result.size]), weights));
}

function gradientsOf({ by, fn }: GradientCase): (inputs: Tensors) => Tensors {
  const names = Object.keys(by);
  const gradients = tf.grads((...tensors: tf.Tensor[]) =>
    loss(fn, Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))),
  );
  return (inputs) => {
    const found = gradients(names.map((name) => inputs[name]!));
    return Object.fromEntries(names.map((name, i) => [name, found[i]!]));
  };
}

const STEP = 1e-2;

/** The slope by each element, by Richardson's extrapolation of two central differences. */
function differences({ fn }: GradientCase, inputs: Tensors, name: string): number[] {
  const base = Array.from(inputs[name]!.dataSync());
  const at = (i: number, step: number): number => {
    const moved = base.map((number, j) => (i === j ? number + step : number));
    return loss(fn, { ...inputs, [name]: tf.tensor(moved, inputs[name]!.shape) }).dataSync()[0]!;
  };
  const central = (i: number, step: number): number => (at(i, step) - at(i, -step)) / (2 * step);
  return base.map((_, i) => (4 * central(i, STEP) - central(i, 2 * STEP)) / 3);
}

function expectSlopes(found: ArrayLike<number>, expected: readonly number[], scale: number): void {
  for (const [i, slope] of expected.entries()) expect(Math.abs(found[i]! - slope)).toBeLessThan(2e-2 * scale);
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

async function check(each: GradientCase, alsoEager: boolean): Promise<void> {
  const random = seeded(7);
  const inputs = Object.fromEntries(Object.entries(each.by).map(([name, filling]) => [name, fill(filling, random)]));
  const gradient = gradientsOf(each);
  const compiled = await compile(gradient, inputs);
  const traced = await compiled.run(inputs);
  await compiled.dispose();
  const eager = alsoEager ? gradient(inputs) : undefined;
  for (const name of Object.keys(each.by)) {
    const expected = differences(each, inputs, name);
    const scale = Math.max(1, ...expected.map(Math.abs));
    expect(traced[name]!.shape).toEqual(inputs[name]!.shape);
    expectSlopes(traced[name]!.data, expected, scale);
    if (eager) expectSlopes(eager[name]!.dataSync(), Array.from(traced[name]!.data), scale / 100);
  }
}

describe("a gradient, compiled and eager, is the slope that finite differences find", () => {
  for (const [name, each] of Object.entries(CASES)) it(name, () => check(each, true));
});

describe("a compiled gradient is the slope where the cpu backend's is not", () => {
  for (const [name, each] of Object.entries(COMPILED_ONLY)) it(name, () => check(each, false));
});

it("a gradient of one's own", async () => {
  const doubling = tf.customGrad((x: tf.Tensor | tf.GradSaveFunc) => ({
    value: tf.square(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, 2),
  }));
  const compiled = await compile(
    tf.grad((x) => tf.sum(doubling(x))),
    { shape: [2] },
  );
  expect(Array.from((await compiled.run(tf.tensor1d([5, 7]))).data)).toEqual([2, 2]);
});

it("a gradient of a gradient", async () => {
  const second = tf.grad((v) => tf.sum(tf.grad((u) => tf.sum(tf.mul(tf.square(u), u)))(v)));
  const compiled = await compile(second, { shape: [2] });
  const { data } = await compiled.run(tf.tensor1d([1, -2]));
  expect(Array.from(data)).toEqual([6, -12]);
});

it("a constant given outside is a constant of the graph, and stays where it was", async () => {
  const table = fill(given([1, 2, 3]), seeded(1));
  const compiled = await compile((v: tf.Tensor) => tf.mul(v, table), { shape: [3] });
  expect(Array.from((await compiled.run(tf.tensor1d([1, 1, 2]))).data)).toEqual([1, 2, 6]);
  expect(Array.from(table.dataSync())).toEqual([1, 2, 3]);
});
