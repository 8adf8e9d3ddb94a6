import { boolean, type Filling, float, given, integer } from "../random.js";
import type { Case, CaseTable } from "./case.js";

type Fill = (shape: readonly number[], low?: number, high?: number) => Filling;

/** Equal shapes, broadcasting either way and both, scalars, emptiness and high rank. */
function pairs(fill: Fill, low: number, high: number, tolerance = 1e-5): Case[] {
  const shapes: readonly (readonly [number[], number[]])[] = [
    [
      [3, 4],
      [3, 4],
    ],
    [[2, 3, 4], [4]],
    [
      [3, 1],
      [2, 1, 5],
    ],
    [[], [2, 2]],
    [[], []],
    [[0, 3], [3]],
    [
      [1, 2, 1, 3, 2],
      [2, 1, 4, 1, 1],
    ],
  ];
  return shapes.map(([a, b]) => ({ inputs: { a: fill(a, low, high), b: fill(b, low, high) }, tolerance }));
}

const floats = (low = -2, high = 2, tolerance = 1e-5): Case[] => pairs(float, low, high, tolerance);
const integers = (low = -9, high = 9): Case[] => pairs(integer, low, high);
const booleans: Case[] = pairs((shape) => boolean(shape), 0, 1);

const special = given([0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2.5]);

/** A function on floats of several ranks. */
function argument(low = -2, high = 2, attributes: Record<string, unknown> = {}, tolerance = 1e-5): Case[] {
  return [[], [7], [3, 5], [2, 1, 3, 2, 2], [0, 2]].map((shape) => ({
    inputs: { x: float(shape, low, high) },
    attributes,
    tolerance,
  }));
}

const integerArgument: Case[] = [{ inputs: { x: integer([3, 4]) } }];

export const elementwiseCases: CaseTable = {
  Add: [...floats(), ...integers(), { inputs: { a: float([3]), b: given([0, 0, 0]) } }],
  Sub: [...floats(), ...integers(), { inputs: { a: float([3]), b: given([0], "float32", [1]) } }],
  Multiply: [...floats(), ...integers(), ...booleans, { inputs: { a: given([1, 1, 1]), b: float([2, 3]) } }],
  RealDiv: [...floats(0.5, 3), { inputs: { a: float([2, 3]), b: given([1], "float32", []) } }],
  Maximum: [...floats(), ...integers()],
  Minimum: [...floats(), ...integers()],
  FloorDiv: [...integers(1, 9), { inputs: { a: integer([20], -99, 99), b: integer([20], 1, 7) } }],
  Mod: [...floats(0.5, 3), { inputs: { a: float([20], -9, 9), b: float([20], 1, 3) } }, ...integers(1, 9)],
  Pow: [...floats(0.5, 2), { inputs: { a: float([2, 3]), b: given([2], "float32", []) } }, ...integers(0, 4)],
  Atan2: [...floats(), { inputs: { a: given([0, 0, 1, -1]), b: given([0, -1, 0, 0]) } }],
  AddN: [{ inputs: [float([2, 3]), float([2, 3]), float([2, 3])] }, { inputs: [integer([2]), integer([2])] }],
  SquaredDifference: [...floats(), ...integers()],
  Prelu: [[3, 4], [4], [1, 1]].map((shape) => ({ inputs: { x: float([3, 4]), alpha: float(shape) } })),
  Abs: [...argument(), ...integerArgument],
  Neg: [...argument(), ...integerArgument],
  Sign: [...argument(), { inputs: { x: given([0, 3, -2]) } }, ...integerArgument],
  Square: [...argument(), ...integerArgument],
  Floor: [...argument(), ...integerArgument],
  Ceil: [...argument(), ...integerArgument],
  Round: [...argument(), { inputs: { x: given([0.5, 1.5, 2.5, -0.5, -1.5]) } }],
  Exp: argument(),
  Expm1: [...argument(), ...argument(-1e-3, 1e-3), ...argument(-20, 20)],
  Log: argument(0.1, 9),
  Log1p: [...argument(-0.9, 9), ...argument(-1e-3, 1e-3)],
  Sqrt: argument(0, 9),
  Rsqrt: argument(0.1, 9),
  Reciprocal: argument(0.1, 9),
  Sigmoid: argument(-20, 20),
  Softplus: argument(-9, 9),
  Erf: argument(-4, 4),
  Sin: argument(),
  Cos: argument(),
  Tan: argument(-1, 1),
  Asin: argument(-0.9, 0.9),
  Acos: argument(-0.9, 0.9),
  Atan: argument(-9, 9),
  Sinh: argument(),
  Cosh: argument(),
  Tanh: argument(-5, 5),
  Asinh: argument(),
  Acosh: argument(1.1, 9),
  Atanh: argument(-0.9, 0.9),
  Relu: [...argument(), ...integerArgument],
  Relu6: argument(-9, 9),
  LeakyRelu: argument(-2, 2, { alpha: 0.2 }),
  Elu: argument(),
  EluGrad: [{ inputs: { dy: float([3, 4]), y: float([3, 4], -0.9, 2) } }],
  Selu: argument(),
  Step: [...argument(-2, 2, { alpha: 0 }), ...argument(-2, 2, { alpha: 0.3 })],
  ClipByValue: argument(-2, 2, { clipValueMin: -0.5, clipValueMax: 1 }),
  Equal: [...integers(0, 2), ...booleans, { inputs: { a: special, b: special } }],
  NotEqual: [...integers(0, 2), ...booleans],
  Less: [...floats(), ...integers(0, 2), ...booleans],
  LessEqual: [...floats(), ...integers(0, 2), ...booleans],
  Greater: [...floats(), ...integers(0, 2), ...booleans],
  GreaterEqual: [...floats(), ...integers(0, 2), ...booleans],
  LogicalAnd: booleans,
  LogicalOr: booleans,
  LogicalNot: [{ inputs: { x: boolean([3, 4]) } }, { inputs: { x: boolean([0]) } }],
  IsNan: [{ inputs: { x: special } }],
  IsInf: [{ inputs: { x: special } }],
  IsFinite: [{ inputs: { x: special } }],
  Select: [
    { inputs: { condition: boolean([3, 4]), t: float([3, 4]), e: float([3, 4]) } },
    { inputs: { condition: boolean([5]), t: integer([5]), e: integer([5]) } },
    { inputs: { condition: boolean([5]), t: boolean([5]), e: boolean([5]) } },
  ],
};
