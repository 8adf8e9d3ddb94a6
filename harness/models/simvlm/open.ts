import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES } from "../../checkpoints/checkpoint.js";
import { assetPath } from "../../files/asset.js";
import type { Random } from "../../random.js";
import { createTokenizer, loadTokenizer } from "../../text/unigram.js";
import type { PresetOptions } from "../family.js";
import { initializeWeights } from "./parameters.js";
import { createSimVLM, type SimVLM, splitHead } from "./simvlm.js";
import { loadCheckpoint } from "./simvlm-checkpoint.js";
import { changeConfig, type SimVLMConfig } from "./simvlm-config.js";

/**
 * A checkpoint folder's model, with its classification head by itself.
 * @throws SimvlmError what `loadCheckpoint` and `loadTokenizer` throw, `tokenizer-mismatch`
 */
export async function openSimVLM(folder: string): Promise<SimVLM> {
  const { config, weights, head, tokenizer: tokenizerText } = await loadCheckpoint(folder);
  const path = join(folder, FILES.tokenizer);
  const tokenizer = await loadTokenizer(path);
  if (tokenizer.vocabSize !== config.vocabularySize) {
    throw new SimvlmError(
      "tokenizer-mismatch",
      `${path} has ${tokenizer.vocabSize} pieces, but the model's vocabularySize is ${config.vocabularySize}: ` +
        "it is not the tokenizer that this model was trained with. Put the right one in its place.",
    );
  }
  return createSimVLM({ ...splitHead(weights, head), config, tokenizer, tokenizerText, source: folder, trained: true });
}

/**
 * A model with random weights, of a preset's size but for what is changed and for the vocabulary, which is its
 * tokenizer's.
 * @throws SimvlmError `bad-config`
 */
export async function createFreshSimVLM(
  preset: SimVLMConfig,
  random: Random,
  { imageSize, changes, tokenizerText, source }: PresetOptions & { readonly source: string },
): Promise<SimVLM> {
  const tokenizer =
    tokenizerText === undefined
      ? await loadTokenizer(assetPath("tokenizer.json"))
      : createTokenizer(JSON.parse(tokenizerText));
  const size = { ...preset, ...(imageSize && { imageSize }), vocabularySize: tokenizer.vocabSize };
  const config = changes ? changeConfig(size, changes, source) : size;
  const weights = initializeWeights(config, random);
  return createSimVLM({ config, weights, tokenizer, tokenizerText, source, trained: false });
}
