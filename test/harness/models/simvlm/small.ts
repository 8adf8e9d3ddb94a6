import { createSimVLM } from "../../../../harness/models/simvlm/simvlm.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { fixtureTokenizer } from "../../text/fixture.js";
import { lively, tiny } from "./tiny.js";

/** A model of a few thousand weights that talks in the fixture tokenizer's pieces. */
export function smallModel(config: Partial<SimVLMConfig> = {}, seed = 1): ReturnType<typeof createSimVLM> {
  const tokenizer = fixtureTokenizer();
  const whole: SimVLMConfig = { ...tiny, vocabularySize: tokenizer.vocabSize, textLength: 40, ...config };
  return createSimVLM({ config: whole, weights: lively(whole, seed), tokenizer, source: "small", trained: true });
}

export const decoderOnly: Partial<SimVLMConfig> = { layout: "decoder-only", encoderLayers: 0, decoderLayers: 3 };
