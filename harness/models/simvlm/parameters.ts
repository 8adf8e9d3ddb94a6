import { gridSide, type SimVLMConfig } from "./config.js";

/** Name → shape of every weight, in the order in which the forward pass uses them. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>;

/** A stage of the conv stage: its bottlenecks, their channels, and the stride of the first. */
export interface ConvStage {
  readonly blocks: number;
  readonly middle: number;
  readonly output: number;
  readonly stride: 1 | 2;
}

/** A bottleneck widens its 3×3 convolution's channels by this much. */
const EXPANSION = 4;
/** The stem (stride 2) and its max-pool (stride 2). */
const STEM_STRIDE = 4;

/**
 * The ResNet stages, and the window (in their output's pixels) that the projection joins into one image token.
 * Stages halve the picture until `patchSize` is reached, so 2 stages project 2×2 windows, 3 single pixels, and a
 * 4th keeps stride 1: the number of image tokens never depends on the conv stage. Without stages the window is the patch.
 */
export function convStages(config: SimVLMConfig): { stages: ConvStage[]; window: number; channels: number } {
  if (config.convBlocks.length === 0) return { stages: [], window: config.patchSize, channels: 3 };
  let stride = STEM_STRIDE;
  const stages = config.convBlocks.map((blocks, index): ConvStage => {
    const halve = index > 0 && stride < config.patchSize;
    if (halve) stride *= 2;
    const middle = config.convWidth * 2 ** index;
    return { blocks, middle, output: middle * EXPANSION, stride: halve ? 2 : 1 };
  });
  return { stages, window: config.patchSize / stride, channels: stages.at(-1)!.output };
}

/**
 * The single source of weight names and shapes. Linear kernels are `[in, out]` (1×1 convolutions too), spatial ones
 * `[out, in, height, width]`, as native convolutions read them.
 *
 * | name | what |
 * |---|---|
 * | `image.stem`, `image.stages.S.B.reduce` `.spatial` `.expand` `.shortcut` | `.kernel`, and its group norm `.norm.scale` `.norm.bias`; S stage, B block |
 * | `image.projection` | `.kernel`, `.bias`: a window of features to a token |
 * | `image.positions`, `text.positions` | one row a place; the text's serve prefix and suffix |
 * | `text.embedding` | one row a token, input and output |
 * | `encoder.N.attention`, `decoder.N.attention` | `.norm`, `.qkv` (query, key, value side by side), `.output`; `.relative` `[heads, rows apart · columns apart]` where image tokens are among the queries |
 * | `decoder.N.cross` | `.norm`, `.query`, `.kv` (key, value side by side), `.output` |
 * | `encoder.N.mlp`, `decoder.N.mlp` | `.norm`, `.input`, `.output` |
 * | `encoder.norm`, `decoder.norm` | after the last layer |
 */
export function parameterShapes(config: SimVLMConfig): ParameterShapes {
  const { width } = config;
  const grid = gridSide(config);
  const stack = config.layout === "decoder-only" ? "decoder" : "encoder";
  const layer = (kind: "encoder" | "decoder", index: number) => ({
    ...norm(`${kind}.${index}.attention.norm`, width),
    ...linear(`${kind}.${index}.attention.qkv`, width, 3 * width),
    ...(kind === stack && { [`${kind}.${index}.attention.relative`]: [config.heads, (2 * grid - 1) ** 2] }),
    ...linear(`${kind}.${index}.attention.output`, width, width),
    ...(kind !== stack && {
      ...norm(`${kind}.${index}.cross.norm`, width),
      ...linear(`${kind}.${index}.cross.query`, width, width),
      ...linear(`${kind}.${index}.cross.kv`, width, 2 * width),
      ...linear(`${kind}.${index}.cross.output`, width, width),
    }),
    ...norm(`${kind}.${index}.mlp.norm`, width),
    ...linear(`${kind}.${index}.mlp.input`, width, config.mlpWidth),
    ...linear(`${kind}.${index}.mlp.output`, config.mlpWidth, width),
  });
  return {
    ...convShapes(config),
    "image.positions": [grid * grid, width],
    "text.embedding": [config.vocabularySize, width],
    "text.positions": [config.textLength, width],
    ...each(config.encoderLayers, (index) => layer("encoder", index)),
    ...(config.encoderLayers > 0 && norm("encoder.norm", width)),
    ...each(config.decoderLayers, (index) => layer("decoder", index)),
    ...norm("decoder.norm", width),
  };
}

/** How many numbers the model learns; the tied embedding counts once. */
export function countParameters(config: SimVLMConfig): number {
  return Object.values(parameterShapes(config)).reduce((total, shape) => total + sizeOf(shape), 0);
}

/** Elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function convShapes(config: SimVLMConfig): ParameterShapes {
  const { stages, window, channels } = convStages(config);
  const blocks = stages.flatMap((stage, stageIndex) =>
    Array.from({ length: stage.blocks }, (_, index) => {
      const name = `image.stages.${stageIndex}.${index}`;
      const input = index > 0 ? stage.output : (stages[stageIndex - 1]?.output ?? config.convWidth);
      return {
        ...convolution(`${name}.reduce`, [input, stage.middle]),
        ...convolution(`${name}.spatial`, [stage.middle, stage.middle, 3, 3]),
        ...convolution(`${name}.expand`, [stage.middle, stage.output]),
        ...(index === 0 && convolution(`${name}.shortcut`, [input, stage.output])),
      };
    }),
  );
  return {
    ...(stages.length > 0 && convolution("image.stem", [config.convWidth, 3, 7, 7])),
    ...Object.assign({}, ...blocks),
    ...linear("image.projection", window * window * channels, config.width),
  };
}

/** A convolution has no bias: the group norm after it has one. */
function convolution(name: string, kernel: readonly number[]): ParameterShapes {
  const channels = kernel.length === 4 ? kernel[0]! : kernel.at(-1)!;
  return { [`${name}.kernel`]: kernel, ...norm(`${name}.norm`, channels) };
}

function linear(name: string, input: number, output: number): ParameterShapes {
  return { [`${name}.kernel`]: [input, output], [`${name}.bias`]: [output] };
}

function norm(name: string, width: number): ParameterShapes {
  return { [`${name}.scale`]: [width], [`${name}.bias`]: [width] };
}

function each(length: number, shapes: (index: number) => ParameterShapes): ParameterShapes {
  return Object.assign({}, ...Array.from({ length }, (_, index) => shapes(index)));
}
