import { z } from "zod";
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
import { type StackConfig, toVision, type VisionConfig, visionFields } from "../published/stack-config.js";

/** Sizes of a GPT-2 that looks at a picture. */
export interface Gpt2Config extends StackConfig {
  readonly vocabularySize: number;
  readonly positions: number;
  /** Whether the word embedding is the output layer too. */
  readonly tied: boolean;
}

/** A ViT-GPT2 as its config.json has it. */
export interface VitGpt2Config {
  readonly vision: VisionConfig;
  /** Whether queries, keys and values of the picture's encoder have biases. */
  readonly visionBias: boolean;
  readonly text: Gpt2Config;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
}

const Vision = z.looseObject({
  ...visionFields({
    width: 768,
    layers: 12,
    heads: 12,
    mlpWidth: 3072,
    activation: "gelu",
    epsilon: 1e-12,
    imageSize: 224,
    patch: 16,
  }),
  model_type: z.string(),
  num_channels: z.literal(3).default(3),
  qkv_bias: z.boolean().default(true),
});

const Text = z.looseObject({
  model_type: z.string(),
  vocab_size: size(50_257),
  n_positions: size(1024),
  n_embd: size(768),
  n_layer: layerCount(12),
  n_head: size(12),
  n_inner: z.int().positive().nullish(),
  activation_function: activation("gelu_new"),
  layer_norm_epsilon: epsilon(1e-5),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.boolean().default(true),
  tie_word_embeddings: z.boolean().default(true),
  bos_token_id: tokenId(50_256),
  eos_token_id: tokenId(50_256),
});

const EncoderDecoder = z.looseObject({
  encoder: z.looseObject({ model_type: z.string() }),
  decoder: z.looseObject({ model_type: z.string() }),
  decoder_start_token_id: z.int().nonnegative().nullish(),
  eos_token_id: z.int().nonnegative().nullish(),
  bos_token_id: z.int().nonnegative().nullish(),
  pad_token_id: z.int().nonnegative().nullish(),
});

/** @param where the config.json, for messages @throws SimvlmError `bad-config`, `unsupported-model` for other pairs */
export function parseVitGpt2Config(config: unknown, where: string): VitGpt2Config {
  const whole = parseConfig(EncoderDecoder, config, where);
  const pair = [whole.encoder.model_type, whole.decoder.model_type];
  if (pair.join() !== "vit,gpt2") {
    refuse(where, `of encoders and decoders only vit with gpt2 can be run, not ${pair[0]} with ${pair[1]}.`);
  }
  const vision = parseConfig(Vision, whole.encoder, `${where}: encoder`);
  const text = parseConfig(Text, whole.decoder, `${where}: decoder`);
  if (!text.add_cross_attention) refuse(where, "its decoder has no cross attention, so it sees no picture.");
  if (text.scale_attn_by_inverse_layer_idx || !text.scale_attn_weights) {
    refuse(where, "attention scaled otherwise than by the root of a head's width cannot be run.");
  }
  requireHeads(where, "decoder", text.n_embd, text.n_head);
  const endId = whole.eos_token_id ?? text.eos_token_id;
  return {
    vision: toVision(vision, where, "encoder"),
    visionBias: vision.qkv_bias,
    text: {
      width: text.n_embd,
      layers: text.n_layer,
      heads: text.n_head,
      mlpWidth: text.n_inner ?? 4 * text.n_embd,
      activation: text.activation_function,
      epsilon: text.layer_norm_epsilon,
      vocabularySize: text.vocab_size,
      positions: text.n_positions,
      tied: text.tie_word_embeddings,
    },
    startId: whole.decoder_start_token_id ?? whole.bos_token_id ?? text.bos_token_id,
    endId,
    padId: whole.pad_token_id ?? endId,
  };
}
