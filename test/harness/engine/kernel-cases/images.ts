import { type Filling, float } from "../random.js";
import type { Case, CaseTable } from "./case.js";

interface Setting {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number | number[][];
  readonly dilations?: number;
}

const EXPLICIT = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

const SETTINGS: readonly Setting[] = [
  { x: [2, 5, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: "same" },
  { x: [2, 5, 6, 5], filter: [3, 3, 5, 4], strides: 1, pad: "valid" },
  { x: [1, 8, 8, 6], filter: [3, 3, 6, 2], strides: 2, pad: "same" },
  { x: [1, 9, 7, 5], filter: [3, 3, 5, 2], strides: 2, pad: "valid" },
  { x: [2, 4, 5, 3], filter: [1, 1, 3, 4], strides: 1, pad: "same" },
  { x: [2, 5, 4, 3], filter: [1, 1, 3, 4], strides: 2, pad: "valid" },
  { x: [1, 12, 12, 3], filter: [7, 7, 3, 2], strides: 2, pad: "same" },
  { x: [1, 11, 10, 3], filter: [7, 7, 3, 2], strides: 2, pad: "valid" },
  { x: [1, 8, 6, 2], filter: [2, 3, 2, 3], strides: [2, 1], pad: "same" },
  { x: [1, 6, 6, 5], filter: [3, 2, 5, 3], strides: 1, pad: EXPLICIT },
  { x: [1, 6, 6, 5], filter: [4, 4, 5, 3], strides: 4, pad: "valid" },
];

const DILATED: Setting = { x: [1, 9, 9, 5], filter: [3, 3, 5, 2], strides: 1, pad: "same", dilations: 2 };

/** The size of the output along an axis, as TensorFlow reckons it. */
function outputSize({ x, filter, strides, pad }: Setting): [number, number] {
  return ([0, 1] as const).map((axis) => {
    const stride = typeof strides === "number" ? strides : strides[axis];
    const explicit = Array.isArray(pad) ? pad[axis + 1]!.reduce((a, b) => a + b) : 0;
    const size = x[axis + 1]! + explicit;
    return pad === "same" ? Math.ceil(size / stride) : Math.floor((size - filter[axis]!) / stride) + 1;
  }) as [number, number];
}

function attributesOf({ strides, pad, dilations = 1 }: Setting): Record<string, unknown> {
  return { strides, pad, dilations, dataFormat: "NHWC" };
}

const TOLERANCE = 1e-4;

function forward(setting: Setting): Case {
  return {
    inputs: { x: float(setting.x), filter: float(setting.filter) },
    attributes: attributesOf(setting),
    tolerance: TOLERANCE,
  };
}

function backwardInput(setting: Setting, channels = setting.filter[3]): Case {
  return {
    inputs: { dy: float([setting.x[0], ...outputSize(setting), channels]), filter: float(setting.filter) },
    attributes: { ...attributesOf(setting), inputShape: setting.x },
    tolerance: TOLERANCE,
  };
}

function backwardFilter(setting: Setting, channels = setting.filter[3]): Case {
  return {
    inputs: { x: float(setting.x), dy: float([setting.x[0], ...outputSize(setting), channels]) },
    attributes: { ...attributesOf(setting), filterShape: setting.filter },
    tolerance: TOLERANCE,
  };
}

const DEPTHWISE: readonly Setting[] = [
  { x: [2, 5, 5, 3], filter: [3, 3, 3, 1], strides: 1, pad: "same" },
  { x: [1, 8, 7, 4], filter: [3, 2, 4, 2], strides: 2, pad: "valid" },
];

/** The same with channels first. */
function channelsFirst({ inputs, attributes = {}, ...rest }: Case): Case {
  const move = (filling: Filling, name: string): Filling => {
    const [batch, height, width, channels] = filling.shape as [number, number, number, number];
    return name === "filter" ? filling : { ...filling, shape: [batch, channels, height, width] };
  };
  const moved = Object.fromEntries(Object.entries(inputs).map(([name, filling]) => [name, move(filling, name)]));
  const [batch, height, width, channels] = (attributes.inputShape ?? []) as number[];
  const inputShape = attributes.inputShape ? { inputShape: [batch, channels, height, width] } : {};
  return { ...rest, inputs: moved, attributes: { ...attributes, ...inputShape, dataFormat: "NCHW" } };
}

const FIRST = [SETTINGS[0]!, SETTINGS[2]!, SETTINGS[4]!];

const channelsOf = ({ filter }: Setting): number => filter[2] * filter[3];

function pool(x: Setting["x"], filterSize: number, strides: number, pad: Setting["pad"]): Case {
  return { inputs: { x: float(x) }, attributes: { filterSize, strides, pad } };
}

const POOLS = [
  pool([2, 6, 6, 3], 2, 2, "valid"),
  pool([1, 7, 7, 2], 3, 2, "same"),
  pool([1, 5, 6, 2], 3, 1, "same"),
  pool([1, 5, 5, 2], 2, 1, "valid"),
];

function poolGradient(x: Setting["x"], out: number, filterSize: number, strides: number, pad: "same" | "valid"): Case {
  const dy = float([x[0], out, out, x[3]]);
  return { inputs: { dy, input: float(x), output: dy }, attributes: { filterSize, strides, pad } };
}

type Resize = readonly [from: [number, number], to: [number, number], alignCorners: boolean, halfPixelCenters: boolean];

const RESIZES: readonly Resize[] = [
  [[4, 4], [8, 8], false, false],
  [[4, 4], [8, 8], false, true],
  [[4, 6], [7, 5], true, false],
  [[5, 3], [3, 5], false, true],
  [[3, 3], [1, 1], true, false],
];

const resizes = RESIZES.map(([from, size, alignCorners, halfPixelCenters]) => ({
  inputs: { images: float([2, ...from, 3]) },
  attributes: { alignCorners, halfPixelCenters, size },
}));

/** The cpu backend's gradients ignore half-pixel centres and suit square images only. */
const resizeGradients = [4, 7, 2].flatMap((size) => [false, true].map((aligned) => resizeGradient(size, aligned)));

function resizeGradient(size: number, alignCorners: boolean, batch = 2): Case {
  return {
    inputs: { images: float([batch, 4, 4, 3]), dy: float([batch, size, size, 3]) },
    attributes: { alignCorners, halfPixelCenters: false, size: [size, size] },
    tolerance: TOLERANCE,
  };
}

export const imageCases: CaseTable = {
  Conv2D: [...[...SETTINGS, DILATED].map(forward), ...FIRST.map(forward).map(channelsFirst)],
  FusedConv2D: ["linear", "relu", "prelu"].map((activation) => ({
    inputs: {
      x: float([1, 5, 5, 3]),
      filter: float([3, 3, 3, 4]),
      bias: float([4]),
      ...(activation === "prelu" && { preluActivationWeights: float([4]) }),
    },
    attributes: { strides: 1, pad: "same", dilations: 1, dataFormat: "NHWC", activation },
    tolerance: TOLERANCE,
  })),
  Conv2DBackpropInput: [
    ...SETTINGS.map((setting) => backwardInput(setting)),
    ...FIRST.map((setting) => channelsFirst(backwardInput(setting))),
  ],
  Conv2DBackpropFilter: [
    ...SETTINGS.map((setting) => backwardFilter(setting)),
    ...FIRST.map((setting) => channelsFirst(backwardFilter(setting))),
  ],
  DepthwiseConv2dNative: DEPTHWISE.map(forward),
  FusedDepthwiseConv2D: [
    {
      inputs: { x: float([1, 5, 5, 3]), filter: float([3, 3, 3, 2]), bias: float([6]) },
      attributes: { strides: 1, pad: "same", dilations: 1, dataFormat: "NHWC", activation: "relu" },
    },
  ],
  DepthwiseConv2dNativeBackpropInput: DEPTHWISE.map((setting) => backwardInput(setting, channelsOf(setting))),
  DepthwiseConv2dNativeBackpropFilter: DEPTHWISE.map((setting) => backwardFilter(setting, channelsOf(setting))),
  MaxPool: POOLS,
  MaxPoolGrad: [
    poolGradient([2, 6, 6, 3], 3, 2, 2, "valid"),
    poolGradient([1, 7, 7, 2], 4, 3, 2, "same"),
    poolGradient([1, 6, 6, 2], 6, 3, 1, "same"),
  ],
  AvgPool: POOLS,
  /** Where windows reach over the edge the cpu backend shares a gradient among pixels that are not there. */
  AvgPoolGrad: [poolGradient([2, 6, 6, 3], 3, 2, 2, "valid"), poolGradient([1, 5, 5, 2], 4, 2, 1, "valid")],
  ResizeBilinear: resizes,
  ResizeBilinearGrad: resizeGradients,
  ResizeNearestNeighbor: resizes,
  /** The cpu backend looks pixels up backwards: right for whole factors and one image only. */
  ResizeNearestNeighborGrad: [4, 8].map((size) => resizeGradient(size, false, 1)),
};
