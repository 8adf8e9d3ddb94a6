import { z } from "zod";
import type { BertConfig } from "../published/bert.js";
import type { ClipVisionConfig } from "../published/clip-layers.js";
import {
  activation,
  epsilon,
  layerCount,
  parseConfig,
  refuse,
  requireHeads,
  size,
  tokenId,
} from "../published/published-config.js";

/** A GIT as its config.json has it. */
export interface GitConfig {
  readonly text: BertConfig;
  readonly vision: ClipVisionConfig;
  /** Whether the word embedding is the output layer's weight too. */
  readonly tied: boolean;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
}

const Vision = z.looseObject({
  hidden_size: size(768),
  intermediate_size: size(3072),
  num_hidden_layers: layerCount(12),
  num_attention_heads: size(12),
  num_channels: z.literal(3).default(3),
  image_size: size(224),
  patch_size: size(16),
  hidden_act: activation("quick_gelu"),
  layer_norm_eps: epsilon(1e-5),
});

const Git = z.looseObject({
  hidden_size: size(768),
  num_hidden_layers: layerCount(6),
  num_attention_heads: size(12),
  intermediate_size: size(3072),
  hidden_act: activation("gelu"),
  max_position_embeddings: size(1024),
  layer_norm_eps: epsilon(1e-12),
  vocab_size: size(30_522),
  bos_token_id: tokenId(101),
  eos_token_id: tokenId(102),
  pad_token_id: tokenId(0),
  tie_word_embeddings: z.boolean().default(false),
  num_image_with_embedding: z.int().nullish(),
  vision_config: Vision.prefault({}),
});

/** @param where the config.json, for messages @throws SimvlmError `bad-config`, `unsupported-model` for a GIT for video */
export function parseGitConfig(config: unknown, where: string): GitConfig {
  const git = parseConfig(Git, config, where);
  if (git.num_image_with_embedding) {
    refuse(
      where,
      `this GIT is for video (num_image_with_embedding is ${git.num_image_with_embedding}, its weights have git.img_temporal_embedding); ` +
        "only those for single pictures can be run.",
    );
  }
  const { vision_config: vision } = git;
  requireHeads(where, "the text's layers", git.hidden_size, git.num_attention_heads);
  requireHeads(where, "vision_config", vision.hidden_size, vision.num_attention_heads);
  return {
    text: {
      width: git.hidden_size,
      layers: git.num_hidden_layers,
      heads: git.num_attention_heads,
      mlpWidth: git.intermediate_size,
      activation: git.hidden_act,
      epsilon: git.layer_norm_eps,
      vocabularySize: git.vocab_size,
      positions: git.max_position_embeddings,
    },
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
    tied: git.tie_word_embeddings,
    startId: git.bos_token_id,
    endId: git.eos_token_id,
    padId: git.pad_token_id,
  };
}
