import { boolean, type Filling, float, given, integer } from "../random.js";
import type { Case, CaseTable } from "./case.js";

/** All axes, one, several, from the end, of size one, and nothing to reduce. */
function reductions(attribute = "axis", fill: (shape: readonly number[]) => Filling = float): Case[] {
  const cases: readonly (readonly [number[], number[], boolean])[] = [
    [[3, 4], [1], false],
    [[3, 4], [0], true],
    [[2, 3, 4], [0, 1, 2], false],
    [[2, 3, 4], [0, 2], true],
    [[2, 1, 3], [1], false],
    [[5], [0], false],
    [[2, 3, 2, 2], [2, 3], false],
  ];
  return cases.map(([shape, axes, keepDims]) => ({
    inputs: { x: fill(shape) },
    attributes: { [attribute]: axes, keepDims },
  }));
}

const logicalReductions = reductions("axis", boolean);

const empty = { inputs: { x: float([0, 3]) }, attributes: { axis: [0], keepDims: false } };
const integers = { inputs: { x: integer([3, 4]) }, attributes: { axis: [1], keepDims: false } };

function product(a: number[], b: number[], transposeA = false, transposeB = false, extra = {}): Case {
  return { inputs: { a: float(a), b: float(b) }, attributes: { transposeA, transposeB, ...extra } };
}

const products = [
  product([2, 3, 4], [2, 4, 5]),
  product([2, 4, 3], [2, 4, 5], true),
  product([2, 3, 4], [2, 5, 4], false, true),
  product([2, 4, 3], [2, 5, 4], true, true),
  product([1, 3, 4], [1, 4, 1]),
  product([1, 3, 4], [5, 4, 2]),
  product([2, 0, 4], [2, 4, 5]),
];

const sums = ([false, true] as const).flatMap((exclusive) =>
  ([false, true] as const).map((reverse) => ({
    inputs: { x: float([3, 4]) },
    attributes: { axis: 1, exclusive, reverse },
  })),
);

export const computationCases: CaseTable = {
  Sum: [...reductions(), empty, integers, ...logicalReductions],
  Mean: [...reductions(), integers],
  Max: [...reductions("reductionIndices")],
  Min: reductions(),
  Prod: [...reductions(), empty],
  All: logicalReductions,
  Any: logicalReductions,
  ArgMax: [0, 1, 2].map((axis) => ({ inputs: { x: float([3, 4, 2]) }, attributes: { axis } })),
  ArgMin: [0, 1].map((axis) => ({ inputs: { x: integer([3, 4], 0, 2) }, attributes: { axis } })),
  Softmax: [[3, 4], [2, 3, 5], [1]].map((shape) => ({
    inputs: { logits: float(shape, -9, 9) },
    attributes: { dim: shape.length - 1 },
  })),
  Cumsum: [...sums, { inputs: { x: integer([4]) }, attributes: { axis: 0, exclusive: false, reverse: false } }],
  TopK: [
    { inputs: { x: float([3, 7]) }, attributes: { k: 3, sorted: true } },
    { inputs: { x: float([5]) }, attributes: { k: 5, sorted: true } },
    { inputs: { x: integer([2, 6], 0, 99) }, attributes: { k: 1, sorted: true } },
  ],
  BatchMatMul: products,
  _FusedMatMul: [
    ...products.slice(0, 4).map((each) => ({ ...each, attributes: { ...each.attributes, activation: "linear" } })),
    ...["relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"].map((activation) => ({
      inputs: {
        a: float([1, 3, 4]),
        b: float([1, 4, 5]),
        bias: float([5]),
        ...(activation === "prelu" && { preluActivationWeights: float([5]) }),
      },
      attributes: { transposeA: false, transposeB: false, activation, leakyreluAlpha: 0.2 },
    })),
    ...[false, true].map((transposeB) => ({
      inputs: { a: float([1, 3, 4]), b: float(transposeB ? [1, 5, 4] : [1, 4, 5]), bias: float([5]) },
      attributes: { transposeA: false, transposeB, activation: "linear" },
    })),
    {
      inputs: { a: float([2, 3, 4]), b: float([2, 5, 4]), bias: float([5]) },
      attributes: { transposeA: false, transposeB: true, activation: "linear" },
    },
  ],
  Einsum: [
    { inputs: [float([2, 3]), float([3, 4])], attributes: { equation: "ij,jk->ik" } },
    { inputs: [float([2, 3, 4]), float([2, 5, 4])], attributes: { equation: "bij,bkj->bik" } },
    { inputs: [float([2, 3, 4])], attributes: { equation: "ijk->kij" } },
  ],
  GatherV2: [
    { inputs: { x: float([5, 3]), indices: integer([4], 0, 4) }, attributes: { axis: 0, batchDims: 0 } },
    { inputs: { x: float([2, 5, 3]), indices: integer([2, 2], 0, 4) }, attributes: { axis: 1, batchDims: 0 } },
    { inputs: { x: float([2, 5, 3]), indices: integer([2, 4], 0, 4) }, attributes: { axis: 1, batchDims: 1 } },
    { inputs: { x: float([2, 3, 5, 2]), indices: integer([2, 4], 0, 4) }, attributes: { axis: 2, batchDims: 1 } },
    { inputs: { x: integer([5]), indices: integer([], 0, 4) }, attributes: { axis: 0, batchDims: 0 } },
  ],
  GatherNd: [
    { inputs: { params: float([4, 3]), indices: given([3, 0, 1, 2], "int32", [2, 2]) } },
    { inputs: { params: float([4, 3]), indices: integer([2, 2, 1], 0, 3) } },
  ],
  ScatterNd: [
    { inputs: { indices: given([4, 3, 1, 3], "int32", [4, 1]), updates: float([4]) }, attributes: { shape: [8] } },
    { inputs: { indices: integer([3, 1], 0, 2), updates: float([3, 2]) }, attributes: { shape: [3, 2] } },
    { inputs: { indices: integer([3, 2], 0, 1), updates: integer([3]) }, attributes: { shape: [2, 2] } },
  ],
  TensorScatterUpdate: [
    { inputs: { tensor: float([6]), indices: given([5, 2], "int32", [2, 1]), updates: float([2]) } },
    { inputs: { tensor: float([4, 3]), indices: given([3, 0], "int32", [2, 1]), updates: float([2, 3]) } },
  ],
  UnsortedSegmentSum: [
    { inputs: { x: float([6, 2]), segmentIds: integer([6], 0, 3) }, attributes: { numSegments: 4 } },
    { inputs: { x: float([5]), segmentIds: given([0, -1, 7, 1, 0], "int32") }, attributes: { numSegments: 3 } },
  ],
  OneHot: [
    { inputs: { indices: integer([5], -1, 4) }, attributes: { depth: 4, onValue: 1, offValue: 0, dtype: "float32" } },
    { inputs: { indices: integer([2, 3], 0, 2) }, attributes: { depth: 3, onValue: 5, offValue: -1, dtype: "int32" } },
  ],
  FusedBatchNorm: [
    {
      inputs: {
        x: float([2, 3, 4]),
        mean: float([4]),
        variance: float([4], 0.5, 2),
        scale: float([4]),
        offset: float([4]),
      },
      attributes: { varianceEpsilon: 1e-3 },
    },
    {
      inputs: { x: float([2, 3]), mean: float([3]), variance: float([3], 0.5, 2) },
      attributes: { varianceEpsilon: 1e-3 },
    },
  ],
};
