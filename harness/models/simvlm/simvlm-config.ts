import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { LARGEST_SIDE } from "../../images/framing.js";

/**
 * Everything that decides the names and shapes of the weights. What the paper leaves open is our choice:
 * group norm in the conv stage, three bottleneck stages before the projection, exact (erf) GELU.
 */
export interface SimVLMConfig {
  /** `decoder-only` is the paper's ablation: one stack, prefix bidirectional, suffix causal; it has no encoder layers. */
  readonly layout: "encoder-decoder" | "decoder-only";
  /** Side of the square input picture in pixels, a multiple of `patchSize`. */
  readonly imageSize: number;
  /** Side in pixels of the square that one image token stands for, whatever the conv stage. */
  readonly patchSize: number;
  /** Bottleneck blocks in each stage of the conv stage; `[]` = no conv stage, linear patches. */
  readonly convBlocks: readonly number[];
  /** Channels of the stem and of the first stage's 3×3 convolutions; they double at each later stage. */
  readonly convWidth: number;
  /** Groups of every group norm; divides `convWidth`. */
  readonly convGroups: number;
  readonly width: number;
  readonly heads: number;
  /** Hidden width of the feed-forward layers. */
  readonly mlpWidth: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly vocabularySize: number;
  /** Rows of the text position table: the longest text, in encoder and decoder alike. */
  readonly textLength: number;
}

const base: SimVLMConfig = {
  layout: "encoder-decoder",
  imageSize: 224,
  patchSize: 16,
  convBlocks: [3, 4, 23],
  convWidth: 64,
  convGroups: 32,
  width: 768,
  heads: 12,
  mlpWidth: 3072,
  encoderLayers: 12,
  decoderLayers: 12,
  vocabularySize: 32_000,
  textLength: 256,
};

const large: SimVLMConfig = {
  ...base,
  convBlocks: [3, 8, 36],
  width: 1024,
  heads: 16,
  mlpWidth: 4096,
  encoderLayers: 24,
  decoderLayers: 24,
};

/** The paper's models, its ablation model, and a toy to train on a CPU. Table 1 of the paper; conv widths are ours. */
export const presets = {
  base,
  large,
  huge: { ...large, convWidth: 80, convGroups: 16, width: 1280, mlpWidth: 5120, encoderLayers: 32, decoderLayers: 32 },
  small: {
    ...base,
    convBlocks: [2, 2, 4],
    convWidth: 32,
    convGroups: 16,
    width: 512,
    heads: 8,
    mlpWidth: 2048,
    encoderLayers: 8,
    decoderLayers: 8,
  },
  toy: {
    ...base,
    imageSize: 96,
    convBlocks: [1, 1],
    convWidth: 24,
    convGroups: 8,
    width: 128,
    heads: 4,
    mlpWidth: 512,
    encoderLayers: 4,
    decoderLayers: 2,
    vocabularySize: 1536,
    textLength: 64,
  },
} as const satisfies Record<string, SimVLMConfig>;

/** The name of one of SimVLM's sizes: a key of {@link presets}. */
export type PresetName = keyof typeof presets;

/** The same model as one stack of `encoderLayers + decoderLayers` layers without cross-attention. */
export function asDecoderOnly(config: SimVLMConfig): SimVLMConfig {
  return {
    ...config,
    layout: "decoder-only",
    encoderLayers: 0,
    decoderLayers: config.encoderLayers + config.decoderLayers,
  };
}

/** Image tokens per side of the picture. */
export function gridSide(config: SimVLMConfig): number {
  return config.imageSize / config.patchSize;
}

/** A stack's layers from the first, as weights, records and caches name them: `encoder.0`, `encoder.1`, … */
export function layerNames(stack: "encoder" | "decoder", config: SimVLMConfig): string[] {
  const length = stack === "encoder" ? config.encoderLayers : config.decoderLayers;
  return Array.from({ length }, (_, index) => `${stack}.${index}`);
}

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

/** No model has a tenth of it. */
const count = z.int().positive().max(1_000_000);
/** No model has a thousand. */
const layers = z.int().nonnegative().max(1000);

const schema = z
  .strictObject({
    layout: z.enum(["encoder-decoder", "decoder-only"]),
    imageSize: count.max(LARGEST_SIDE),
    patchSize: count,
    convBlocks: z.array(count.max(1000)).max(6),
    convWidth: count,
    convGroups: count,
    width: count,
    heads: count,
    mlpWidth: count,
    encoderLayers: layers,
    decoderLayers: layers.min(1),
    vocabularySize: count,
    textLength: count,
  })
  .superRefine((config, context) => {
    for (const [holds, path, message] of [
      [config.imageSize % config.patchSize === 0, "imageSize", "must be a multiple of patchSize"],
      [config.width % config.heads === 0, "width", "must be a multiple of heads"],
      [config.convWidth % config.convGroups === 0, "convWidth", "must be a multiple of convGroups"],
      [
        config.convBlocks.length === 0 || (config.patchSize >= 4 && Number.isInteger(Math.log2(config.patchSize))),
        "patchSize",
        "must be a power of two, at least 4, when there is a conv stage",
      ],
      [
        (config.layout === "decoder-only") === (config.encoderLayers === 0),
        "encoderLayers",
        "must be 0 for decoder-only and at least 1 for encoder-decoder",
      ],
    ] as const) {
      if (!holds) context.addIssue({ code: "custom", path: [path], message });
    }
  });

/**
 * Check a config read from JSON.
 * @param source where it was read, for the message
 * @throws SimvlmError `bad-config` naming every field that is wrong
 */
export function parseConfig(json: unknown, source = "config"): SimVLMConfig {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`);
  throw new SimvlmError(
    "bad-config",
    `${source} is not a SimVLM config: ${faults.join("; ")}. Presets: ${Object.keys(presets).join(", ")}.`,
  );
}

/**
 * A config with some fields changed. A width takes the feed-forward layers with it unless `mlpWidth` is given, too; the
 * layout `decoder-only` makes one stack of all layers, see {@link asDecoderOnly}.
 * @param source what is changed, for the message
 * @throws SimvlmError `bad-config`
 */
export function changeConfig(
  config: SimVLMConfig,
  { layout, ...changes }: Readonly<Record<string, unknown>>,
  source: string,
): SimVLMConfig {
  const { width } = changes;
  const mlpWidth = typeof width === "number" ? Math.round((width * config.mlpWidth) / config.width) : config.mlpWidth;
  const changed = parseConfig({ ...config, mlpWidth, ...changes }, `${source}, as changed,`);
  if (layout === undefined || layout === changed.layout) return changed;
  return layout === "decoder-only"
    ? asDecoderOnly(changed)
    : parseConfig({ ...changed, layout }, `${source}, as changed,`);
}
