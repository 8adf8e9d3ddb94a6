import { z } from "zod";
import type { BertConfig } from "../published/bert.js";
import { parseConfig, refuse, size, tokenId } from "../published/published-config.js";
import { stackFields, toStack, toVision, type VisionConfig, visionFields } from "../published/stack-config.js";

/** A BLIP as its config.json has it. */
export interface BlipConfig {
  /** Whether it captions, or answers questions. */
  readonly kind: "caption" | "vqa";
  readonly text: BertConfig;
  readonly vision: VisionConfig;
  /** Whether the word embedding is the output layer's weight too. */
  readonly tied: boolean;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
}

const Vision = z.looseObject(
  visionFields({
    width: 768,
    layers: 12,
    heads: 12,
    mlpWidth: 3072,
    activation: "gelu",
    epsilon: 1e-5,
    imageSize: 384,
    patch: 16,
  }),
);

const Text = z.looseObject({
  ...stackFields({ width: 768, layers: 12, heads: 8, mlpWidth: 3072, activation: "gelu", epsilon: 1e-12 }),
  tie_word_embeddings: z.boolean().default(true),
  max_position_embeddings: size(512),
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
  const { architectures, text_config: text } = blip;
  const architecture = architectures?.[0] ?? "BlipForConditionalGeneration";
  const kind = KINDS[architecture];
  if (!kind) refuse(where, `a ${architecture} says nothing; these can be run: ${Object.keys(KINDS).join(", ")}.`);
  const stack = toStack(text, where, "text_config");
  const vision = toVision(blip.vision_config, where, "vision_config");
  if (kind === "vqa" && stack.width !== vision.width) {
    refuse(where, "the answer decoder reads states of the text's width, which must be that of the pictures' states.");
  }
  return {
    kind,
    text: {
      ...stack,
      vocabularySize: text.vocab_size,
      positions: text.max_position_embeddings,
      memoryWidth: vision.width, // whatever encoder_hidden_size says: the class sets it to this
    },
    vision,
    tied: blip.tie_word_embeddings && text.tie_word_embeddings, // either part can untie them
    startId: text.bos_token_id,
    endId: text.sep_token_id,
    padId: text.pad_token_id,
  };
}
