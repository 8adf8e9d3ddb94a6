import { boolean, type Filling, float, integer } from "../random.js";
import type { Case, CaseTable } from "./case.js";

function unary(shape: number[], attributes: Record<string, unknown>, fill: (shape: number[]) => Filling = float): Case {
  return { inputs: { x: fill(shape) }, attributes };
}

function split(shape: number[], numOrSizeSplits: number | number[], axis: number): Case {
  return unary(shape, { numOrSizeSplits, axis });
}

function slice(shape: number[], begin: number[], size: number[]): Case {
  return unary(shape, { begin, size });
}

const STRIDED = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };

function strided(shape: number[], begin: number[], end: number[], strides: number[], masks = {}): Case {
  return unary(shape, { begin, end, strides, ...STRIDED, ...masks });
}

function pad(shape: number[], paddings: [number, number][], constantValue = 0): Case {
  return unary(shape, { paddings, constantValue });
}

export const structureCases: CaseTable = {
  Identity: [unary([2, 3], {}), unary([], {}), unary([0, 3], {})],
  Cast: [
    unary([2, 3], { dtype: "int32" }),
    unary([2, 3], { dtype: "bool" }),
    unary([2, 3], { dtype: "float32" }),
    { inputs: { x: integer([4]) }, attributes: { dtype: "float32" } },
    { inputs: { x: boolean([4]) }, attributes: { dtype: "int32" } },
  ],
  Fill: [
    { inputs: {}, attributes: { shape: [2, 3], value: 1.5, dtype: "float32" } },
    { inputs: {}, attributes: { shape: [], value: 3, dtype: "int32" } },
    { inputs: {}, attributes: { shape: [0, 2], value: 3, dtype: "float32" } },
  ],
  ZerosLike: [unary([2, 3], {}), unary([0], {}), { inputs: { x: integer([2]) } }],
  OnesLike: [unary([2, 3], {}), unary([], {}), { inputs: { x: boolean([2]) } }],
  Range: [
    { inputs: {}, attributes: { start: 0, stop: 5, step: 1, dtype: "float32" } },
    { inputs: {}, attributes: { start: 7, stop: 0, step: -2, dtype: "int32" } },
  ],
  LinSpace: [
    { inputs: {}, attributes: { start: 0, stop: 1, num: 5 } },
    { inputs: {}, attributes: { start: 3, stop: 1, num: 1 } },
  ],
  Reshape: [unary([2, 6], { shape: [3, -1] }), unary([0, 6], { shape: [3, 0] }), unary([1], { shape: [] })],
  ExpandDims: [0, 1, -1].map((dim) => ({ inputs: { input: float([2, 3]) }, attributes: { dim } })),
  Transpose: [
    unary([2, 3], { perm: [1, 0] }),
    unary([2, 3, 4, 5], { perm: [0, 2, 1, 3] }),
    unary([2, 1, 3], { perm: [1, 0, 2] }),
    unary([0, 3], { perm: [1, 0] }),
    unary([2, 3], { perm: [1, 0] }, (shape) => integer(shape)),
  ],
  Concat: [
    { inputs: [float([2, 3]), float([2, 1]), float([2, 0])], attributes: { axis: 1 } },
    { inputs: [integer([2]), integer([3])], attributes: { axis: 0 } },
    { inputs: [float([2, 0]), float([2, 0])], attributes: { axis: 1 } },
    { inputs: [boolean([1, 2]), boolean([3, 2])], attributes: { axis: 0 } },
  ],
  Pack: [
    { inputs: [float([2, 3]), float([2, 3])], attributes: { axis: 0 } },
    { inputs: [float([2, 3]), float([2, 3]), float([2, 3])], attributes: { axis: 2 } },
    { inputs: [float([]), float([])], attributes: { axis: 0 } },
  ],
  Unpack: [
    { inputs: { value: float([3, 4]) }, attributes: { axis: 0 } },
    { inputs: { value: float([3, 2, 4]) }, attributes: { axis: 1 } },
    { inputs: { value: integer([1, 4]) }, attributes: { axis: 0 } },
  ],
  SplitV: [split([6, 4], 3, 0), split([2, 6], [1, 2, 3], 1), split([2, 6], [2, -1], 1), split([3], 1, 0)],
  Tile: [
    unary([2, 3], { reps: [2, 1] }),
    unary([1, 3, 1], { reps: [4, 1, 2] }),
    unary([3], { reps: [1] }),
    unary([2], { reps: [3] }, (shape) => integer(shape)),
  ],
  SpaceToBatchND: [
    unary([1, 4, 4, 3], {
      blockShape: [2, 2],
      paddings: [
        [0, 0],
        [0, 0],
      ],
    }),
    unary([2, 3, 4, 1], {
      blockShape: [2, 2],
      paddings: [
        [1, 0],
        [2, 0],
      ],
    }),
  ],
  BatchToSpaceND: [
    unary([4, 2, 2, 3], {
      blockShape: [2, 2],
      crops: [
        [0, 0],
        [0, 0],
      ],
    }),
    unary([8, 2, 3, 1], {
      blockShape: [2, 2],
      crops: [
        [1, 0],
        [2, 0],
      ],
    }),
  ],
  DepthToSpace: [
    unary([2, 3, 2, 8], { blockSize: 2, dataFormat: "NHWC" }),
    unary([1, 2, 2, 9], { blockSize: 3, dataFormat: "NHWC" }),
  ],
  Slice: [
    slice([4, 5], [1, 2], [2, 3]),
    slice([4, 5], [0, 0], [-1, -1]),
    slice([4], [4], [0]),
    unary([4, 2], { begin: [1, 0], size: [2, 2] }, (shape) => integer(shape)),
  ],
  StridedSlice: [
    strided([6, 5], [1, 0], [5, 5], [2, 2]),
    strided([6, 5], [5, 4], [0, 1], [-2, -1]),
    strided([6], [-1], [-7], [-1]),
    strided([4, 5], [1, 1], [2, 4], [1, 1], { shrinkAxisMask: 1 }),
    strided([4, 5], [0, 0], [0, 0], [1, 1], { beginMask: 3, endMask: 3 }),
    strided([4, 5], [2, 0], [2, 5], [1, 1]),
  ],
  PadV2: [
    pad(
      [2, 3],
      [
        [1, 0],
        [0, 2],
      ],
    ),
    pad([3], [[0, 0]]),
    pad(
      [2, 2, 2],
      [
        [0, 0],
        [1, 1],
        [2, 0],
      ],
      7,
    ),
    pad(
      [0, 2],
      [
        [1, 1],
        [0, 0],
      ],
      3,
    ),
    unary([3], { paddings: [[1, 1]], constantValue: 5 }, (shape) => integer(shape)),
  ],
  MirrorPad: (["reflect", "symmetric"] as const).flatMap((mode) => [
    unary([3, 4], {
      paddings: [
        [1, 2],
        [0, 3],
      ],
      mode,
    }),
    unary([4], { paddings: [[2, 0]], mode }),
  ]),
  Reverse: [unary([2, 3], { dims: [0] }), unary([2, 3, 4], { dims: [0, 2] }), unary([1, 3], { dims: [0] })],
};
