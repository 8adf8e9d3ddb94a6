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

/** A BLIP as its config.json has it. */
export interface BlipConfig {
  /** Whether it captions, or answers questions. */
  readonly kind: "caption" | "vqa";
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
  image_size: size(384),
  patch_size: size(16),
  hidden_act: activation("gelu"),
  layer_norm_eps: epsilon(1e-5),
});

const Text = z.looseObject({
  hidden_size: size(768),
  tie_word_embeddings: z.boolean().default(true),
  intermediate_size: size(3072),
  num_hidden_layers: layerCount(12),
  num_attention_heads: size(8),
  max_position_embeddings: size(512),
  hidden_act: activation("gelu"),
  layer_norm_eps: epsilon(1e-12),
  vocab_size: size(30_524),
  bos_token_id: tokenId(30_522),
  sep_token_id: tokenId(102),
  pad_token_id: tokenId(0),
});

const Blip = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  tie_word_embeddings: z.boolean().default(true),
  vision_config: Vision.prefault({}),
  text_config: Text.prefault({}),
});

const KINDS: Readonly<Record<string, BlipConfig["kind"]>> = {
  BlipForConditionalGeneration: "caption",
  BlipForQuestionAnswering: "vqa",
};

/** @param where the config.json, for messages @throws SimvlmError `bad-config`, `unsupported-model` */
export function parseBlipConfig(config: unknown, where: string): BlipConfig {
  const blip = parseConfig(Blip, config, where);
  const { architectures, vision_config: vision, text_config: text } = blip;
  const architecture = architectures?.[0] ?? "BlipForConditionalGeneration";
  const kind = KINDS[architecture];
  if (!kind) refuse(where, `a ${architecture} says nothing; these can be run: ${Object.keys(KINDS).join(", ")}.`);
  requireHeads(where, "text_config", text.hidden_size, text.num_attention_heads);
  requireHeads(where, "vision_config", vision.hidden_size, vision.num_attention_heads);
  if (kind === "vqa" && text.hidden_size !== vision.hidden_size) {
    refuse(where, "the answer decoder reads states of the text's width, which must be that of the pictures' states.");
  }
  return {
    kind,
    text: {
      width: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      mlpWidth: text.intermediate_size,
      activation: text.hidden_act,
      epsilon: text.layer_norm_eps,
      vocabularySize: text.vocab_size,
      positions: text.max_position_embeddings,
      memoryWidth: vision.hidden_size, // whatever encoder_hidden_size says: the class sets it to this
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
    tied: blip.tie_word_embeddings && text.tie_word_embeddings, // either part can untie them
    startId: text.bos_token_id,
    endId: text.sep_token_id,
    padId: text.pad_token_id,
  };
}
