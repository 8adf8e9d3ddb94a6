import { z } from "zod";
import { parseConfig, size, tokenId } from "../published/published-config.js";
import {
  type StackConfig,
  stackFields,
  toStack,
  toVision,
  type VisionConfig,
  visionFields,
} from "../published/stack-config.js";

/** Sizes of CLIP's tower for text. */
export interface ClipTextConfig extends StackConfig {
  readonly vocabularySize: number;
  readonly positions: number;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
  /**
   * Where a text is read: old configs say 2 for the end, whatever the vocabulary; their texts are read at the largest id,
   * which is the end's.
   */
  readonly readAt: "largest-id" | "first-end";
}

/** A CLIP as its config.json has it. */
export interface ClipConfig {
  readonly vision: VisionConfig;
  readonly text: ClipTextConfig;
  /** Width of what both towers are projected to. */
  readonly projection: number;
}

const Vision = z.looseObject({
  ...visionFields({
    width: 768,
    layers: 12,
    heads: 12,
    mlpWidth: 3072,
    activation: "quick_gelu",
    epsilon: 1e-5,
    imageSize: 224,
    patch: 32,
  }),
  num_channels: z.literal(3).default(3),
});

const Text = z.looseObject({
  ...stackFields({ width: 512, layers: 12, heads: 8, mlpWidth: 2048, activation: "quick_gelu", epsilon: 1e-5 }),
  vocab_size: size(49_408),
  max_position_embeddings: size(77),
  bos_token_id: tokenId(49_406),
  eos_token_id: tokenId(49_407),
  pad_token_id: tokenId(1),
});

const Clip = z.looseObject({
  projection_dim: size(512),
  vision_config: Vision.prefault({}),
  text_config: Text.prefault({}),
});

const OLD_END = 2;

/** @param where the config.json, for messages @throws SimvlmError `bad-config` */
export function parseClipConfig(config: unknown, where: string): ClipConfig {
  const { projection_dim: projection, vision_config: vision, text_config: text } = parseConfig(Clip, config, where);
  const stack = toStack(text, where, "text_config");
  // An old config's ids of start, end and padding are wrong: the end is the last piece, the start the one before it.
  const old = text.eos_token_id === OLD_END;
  return {
    projection,
    vision: toVision(vision, where, "vision_config"),
    text: {
      ...stack,
      vocabularySize: text.vocab_size,
      positions: text.max_position_embeddings,
      startId: old ? text.vocab_size - 2 : text.bos_token_id,
      endId: old ? text.vocab_size - 1 : text.eos_token_id,
      padId: old ? text.vocab_size - 1 : text.pad_token_id,
      readAt: old ? "largest-id" : "first-end",
    },
  };
}
