import { z } from "zod";
import type { BertConfig } from "../published/bert.js";
import { parseConfig, refuse, size, tokenId } from "../published/published-config.js";
import { stackFields, toStack, toVision, type VisionConfig, visionFields } from "../published/stack-config.js";

/** A GIT as its config.json has it. */
export interface GitConfig {
  readonly text: BertConfig;
  readonly vision: VisionConfig;
  /** Whether the word embedding is the output layer's weight too. */
  readonly tied: boolean;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
  /** Of training: how often a number of the text's layers is left out. */
  readonly dropout: number;
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
    patch: 16,
  }),
  num_channels: z.literal(3).default(3),
});

/** The default of the library's class, and what GIT was trained with. */
const USUAL_DROPOUT = 0.1;

const Git = z.looseObject({
  ...stackFields({ width: 768, layers: 6, heads: 12, mlpWidth: 3072, activation: "gelu", epsilon: 1e-12 }),
  max_position_embeddings: size(1024),
  vocab_size: size(30_522),
  bos_token_id: tokenId(101),
  eos_token_id: tokenId(102),
  pad_token_id: tokenId(0),
  hidden_dropout_prob: z.number().min(0).lt(1).nullish(),
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
  return {
    text: {
      ...toStack(git, where, "the text's layers"),
      vocabularySize: git.vocab_size,
      positions: git.max_position_embeddings,
    },
    vision: toVision(git.vision_config, where, "vision_config"),
    tied: git.tie_word_embeddings,
    startId: git.bos_token_id,
    endId: git.eos_token_id,
    padId: git.pad_token_id,
    dropout: git.hidden_dropout_prob ?? USUAL_DROPOUT,
  };
}
