import { z } from "zod";
import type { ClipStackConfig, ClipVisionConfig } from "../published/clip-layers.js";
import {
  activation,
  epsilon,
  layerCount,
  parseConfig,
  requireHeads,
  size,
  tokenId,
} from "../published/published-config.js";

/** Sizes of CLIP's tower for text. */
export interface ClipTextConfig extends ClipStackConfig {
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
  readonly vision: ClipVisionConfig;
  readonly text: ClipTextConfig;
  /** Width of what both towers are projected to. */
  readonly projection: number;
}

const Vision = z.looseObject({
  hidden_size: size(768),
  intermediate_size: size(3072),
  num_hidden_layers: layerCount(12),
  num_attention_heads: size(12),
  num_channels: z.literal(3).default(3),
  image_size: size(224),
  patch_size: size(32),
  hidden_act: activation("quick_gelu"),
  layer_norm_eps: epsilon(1e-5),
});

const Text = z.looseObject({
  hidden_size: size(512),
  intermediate_size: size(2048),
  num_hidden_layers: layerCount(12),
  num_attention_heads: size(8),
  vocab_size: size(49_408),
  max_position_embeddings: size(77),
  hidden_act: activation("quick_gelu"),
  layer_norm_eps: epsilon(1e-5),
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
  requireHeads(where, "text_config", text.hidden_size, text.num_attention_heads);
  requireHeads(where, "vision_config", vision.hidden_size, vision.num_attention_heads);
  // An old config's ids of start, end and padding are wrong: the end is the last piece, the start the one before it.
  const old = text.eos_token_id === OLD_END;
  return {
    projection,
    vision: {
      width: vision.hidden_size,
      layers: vision.num_hidden_layers,
      heads: vision.num_attention_heads,
      mlpWidth: vision.intermediate_size,
      activation: vision.hidden_act,
      epsilon: vision.layer_norm_eps,
      imageSize: vision.image_size,
      patch: vision.patch_size,
    },
    text: {
      width: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      mlpWidth: text.intermediate_size,
      activation: text.hidden_act,
      epsilon: text.layer_norm_eps,
      vocabularySize: text.vocab_size,
      positions: text.max_position_embeddings,
      startId: old ? text.vocab_size - 2 : text.bos_token_id,
      endId: old ? text.vocab_size - 1 : text.eos_token_id,
      padId: old ? text.vocab_size - 1 : text.pad_token_id,
      readAt: old ? "largest-id" : "first-end",
    },
  };
}
