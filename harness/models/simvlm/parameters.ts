import { sizeOf } from "../../engine/trace/graph.js";
import {
  type Declarations,
  declareLinear,
  declareNorm,
  initialize,
  shapesOf,
  type WeightDeclaration,
} from "../../layers/declaration.js";
import type { ParameterShapes, WeightArrays } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { convStages, gridSide, layerNames, type SimVLMConfig } from "./simvlm-config.js";

/** All that is known of a weight of SimVLM: shapes, fresh weights, resizing, gradients and noise follow from it. */
export interface SimVLMWeight extends WeightDeclaration {
  /** Whether only a batch with pictures uses it. */
  readonly ofImages?: boolean;
  /** The axis that holds a square map, `side` places wide: it is interpolated for pictures of another size. */
  readonly map?: { readonly axis: 0 | 1; readonly side: number };
  /** The residual branch that it is part of, where noise is applied to that branch in training. */
  readonly branch?: NoisyBranch;
}

/** A residual branch that training perturbs: of the conv stage, or of the stack that sees the pictures. */
export interface NoisyBranch {
  readonly name: string;
  readonly of: "images" | "sequence";
}

/** Standard deviation of an image token's place, beside features of about 1. */
const IMAGE_POSITION_DEVIATION = 0.5;

/**
 * Every weight of the model, declared once. Linear kernels are `[in, out]` (1×1 convolutions too), spatial ones
 * `[out, in, height, width]`, as native convolutions read them. Kernels start with a deviation of 1/√fan-in unless
 * another is given.
 *
 * | name | what |
 * |---|---|
 * | `image.stem`, `image.stages.S.B.reduce` `.spatial` `.expand` `.shortcut` | `.kernel`, and its group norm `.norm.scale` `.norm.bias`; S stage, B block |
 * | `image.projection` | `.kernel`, `.bias`: a window of features to a token |
 * | `image.positions`, `text.positions` | one row per place; the text's serve prefix and suffix |
 * | `text.embedding` | one row per token, for input and output |
 * | `encoder.N.attention`, `decoder.N.attention` | `.norm`, `.qkv` (query, key, value side by side), `.output`; `.relative` `[heads, rows apart · columns apart]` where image tokens are among the queries |
 * | `decoder.N.cross` | `.norm`, `.query`, `.kv` (key, value side by side), `.output` |
 * | `encoder.N.mlp`, `decoder.N.mlp` | `.norm`, `.input`, `.output` |
 * | `encoder.norm`, `decoder.norm` | after the last layer |
 */
export function declareWeights(config: SimVLMConfig): Declarations<SimVLMWeight> {
  const { width } = config;
  const side = gridSide(config);
  // Logits start at about 1: the embedding is the output layer too.
  const words = { deviation: 1 / Math.sqrt(width) };
  return {
    ...mark({ ofImages: true }, declareConvolutions(config)),
    "image.positions": {
      shape: [side * side, width],
      initial: { deviation: IMAGE_POSITION_DEVIATION },
      ofImages: true,
      map: { axis: 0, side },
    },
    "text.embedding": { shape: [config.vocabularySize, width], initial: words },
    "text.positions": { shape: [config.textLength, width], initial: words },
    ...(config.encoderLayers > 0 && declareStack("encoder", config)),
    ...declareStack("decoder", config),
  };
}

/** Name → shape of every weight, in the order in which the forward pass uses them. */
export function parameterShapes(config: SimVLMConfig): ParameterShapes {
  return shapesOf(declareWeights(config));
}

/** How many numbers the model learns; the tied embedding counts once. */
export function countParameters(config: SimVLMConfig): number {
  return Object.values(parameterShapes(config)).reduce((total, shape) => total + sizeOf(shape), 0);
}

/** Fresh weights, each drawn from its own fork of `random`, so that none depends on which others there are. */
export function initializeWeights(config: SimVLMConfig, random: Random): WeightArrays {
  return initialize(declareWeights(config), random);
}

function declareConvolutions(config: SimVLMConfig): Declarations<SimVLMWeight> {
  const { stages, window, channels } = convStages(config);
  const blocks = stages.flatMap((stage, stageIndex) =>
    Array.from({ length: stage.blocks }, (_, index) => {
      const name = `image.stages.${stageIndex}.${index}`;
      const input = index > 0 ? stage.output : (stages[stageIndex - 1]?.output ?? config.convWidth);
      const branch = {
        ...declareConvolution(`${name}.reduce`, [input, stage.middle]),
        ...declareConvolution(`${name}.spatial`, [stage.middle, stage.middle, 3, 3]),
        ...declareConvolution(`${name}.expand`, [stage.middle, stage.output]),
      };
      return {
        ...mark({ branch: { name, of: "images" } }, branch),
        ...(index === 0 && declareConvolution(`${name}.shortcut`, [input, stage.output])),
      };
    }),
  );
  return {
    ...(stages.length > 0 && declareConvolution("image.stem", [config.convWidth, 3, 7, 7])),
    ...join(blocks),
    // Features enter at full scale: from a kernel of 1e-3 Adam's first steps leave nothing of one token beside another.
    ...declareLinear("image.projection", window * window * channels, config.width),
  };
}

/**
 * A convolution has no bias: the group norm after it has one. That norm also makes the kernel's scale free; from small
 * kernels Adam's steps go a longer way.
 */
function declareConvolution(name: string, shape: readonly number[]): Declarations {
  const [channels, inputs] = shape.length === 4 ? [shape[0]!, sizeOf(shape.slice(1))] : [shape[1]!, shape[0]!];
  return {
    [`${name}.kernel`]: { shape, initial: { deviation: Math.sqrt(2 / inputs) / 3 } },
    ...declareNorm(`${name}.norm`, channels),
  };
}

function declareStack(stack: "encoder" | "decoder", config: SimVLMConfig): Declarations<SimVLMWeight> {
  const seesImages = stack === "encoder" || config.layout === "decoder-only";
  return {
    ...join(layerNames(stack, config).map((name) => declareLayer(name, seesImages, config))),
    ...declareNorm(`${stack}.norm`, config.width),
  };
}

/**
 * A branch starts all but closed, its last kernel at a tenth of the usual: what pictures show gets through the layers
 * undisturbed. Only what is read from the prefix is heard at full strength beside the words before: a classifier of
 * kinds is at 1.58 nats where it was at 2.33.
 */
function declareLayer(name: string, seesImages: boolean, config: SimVLMConfig): Declarations<SimVLMWeight> {
  const { width, heads, mlpWidth } = config;
  const offsets = 2 * gridSide(config) - 1; // from −(side − 1) to side − 1
  const attention: Declarations<SimVLMWeight> = {
    ...declareNorm(`${name}.attention.norm`, width),
    ...declareLinear(`${name}.attention.qkv`, width, 3 * width),
    ...(seesImages && {
      [`${name}.attention.relative`]: {
        shape: [heads, offsets ** 2],
        initial: 0,
        ofImages: true,
        map: { axis: 1, side: offsets },
      },
    }),
    ...declareLinear(`${name}.attention.output`, width, width, 0.1 / Math.sqrt(width)),
  };
  const cross = {
    ...declareNorm(`${name}.cross.norm`, width),
    ...declareLinear(`${name}.cross.query`, width, width),
    ...declareLinear(`${name}.cross.kv`, width, 2 * width),
    ...declareLinear(`${name}.cross.output`, width, width),
  };
  const mlp = {
    ...declareNorm(`${name}.mlp.norm`, width),
    ...declareLinear(`${name}.mlp.input`, width, mlpWidth),
    ...declareLinear(`${name}.mlp.output`, mlpWidth, width, 0.1 / Math.sqrt(mlpWidth)),
  };
  // Only the stack that sees the pictures is perturbed, as in the paper's fine-tuning.
  if (!seesImages) return { ...attention, ...cross, ...mlp };
  return {
    ...mark({ branch: { name: `${name}.attention`, of: "sequence" } }, attention),
    ...mark({ branch: { name: `${name}.mlp`, of: "sequence" } }, mlp),
  };
}

function mark(
  marks: Pick<SimVLMWeight, "ofImages" | "branch">,
  weights: Declarations<SimVLMWeight>,
): Declarations<SimVLMWeight> {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, { ...weight, ...marks }]));
}

function join(parts: readonly Declarations<SimVLMWeight>[]): Declarations<SimVLMWeight> {
  return Object.assign({}, ...parts);
}
