import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { checkWeights, FILES, readTextFile, readWeights } from "../../checkpoints/checkpoint.js";
import { openStoredWeights } from "../../checkpoints/open-stored-weights.js";
import { assetPath } from "../../files/asset.js";
import type { ParameterShapes } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { createTokenizer, loadTokenizer } from "../../text/load-tokenizer.js";
import type { PresetOptions } from "../family.js";
import { locateWeights, type WeightConstants } from "../weight-constants.js";
import { initializeWeights } from "./parameters.js";
import { createSimVLM, createStoredSimVLM, isHead, type SimVLM } from "./simvlm.js";
import { checkpointShapes, readCheckpointConfig } from "./simvlm-checkpoint.js";
import { changeConfig, type SimVLMConfig } from "./simvlm-config.js";

/**
 * A checkpoint folder's model, with its classification head by itself. The weights stay where they are.
 * @throws SimvlmError what `readCheckpointConfig`, `locateWeights` and `loadTokenizer` throw, `checkpoint-mismatch`,
 *   `tokenizer-mismatch`
 */
export async function openSimVLM(folder: string): Promise<SimVLM> {
  const { config, head: own } = await readCheckpointConfig(folder);
  const shapes = checkpointShapes(config, own);
  await checkWeights(folder, shapes);
  const path = join(folder, FILES.tokenizer);
  const tokenizer = await loadTokenizer(path);
  if (tokenizer.vocabSize !== config.vocabularySize) {
    throw new SimvlmError(
      "tokenizer-mismatch",
      `${path} has ${tokenizer.vocabSize} pieces, but the model's vocabularySize is ${config.vocabularySize}: ` +
        "it is not the tokenizer that this model was trained with. Put the right one in its place.",
    );
  }
  return createStoredSimVLM({
    config,
    ...(own && { head: { ...own, weights: await readWeights(folder, shapes, isHead) } }),
    readWeights: () => readWeights(folder, shapes, (name) => !isHead(name)),
    stored: await locateStored(folder, shapes),
    tokenizer,
    tokenizerText: await readTextFile(folder, FILES.tokenizer),
    source: folder,
    trained: true,
  });
}

async function locateStored(folder: string, shapes: ParameterShapes): Promise<WeightConstants> {
  const stored = await openStoredWeights(folder);
  try {
    return await locateWeights(stored, shapes);
  } finally {
    await stored.close();
  }
}

/**
 * A model with random weights, of a preset's size but for what is changed and for the vocabulary, which is its
 * tokenizer's.
 * @throws SimvlmError `bad-config`, `tokenizer-mismatch` where the vocabulary is changed to another size than its tokenizer's
 */
export async function createFreshSimVLM(
  preset: SimVLMConfig,
  random: Random,
  { imageSize, changes, tokenizerText, source }: PresetOptions & { readonly source: string },
): Promise<ReturnType<typeof createSimVLM>> {
  const tokenizer =
    tokenizerText === undefined
      ? await loadTokenizer(assetPath("tokenizer.json"))
      : createTokenizer(JSON.parse(tokenizerText));
  const size = { ...preset, ...(imageSize && { imageSize }), vocabularySize: tokenizer.vocabSize };
  const config = changes ? changeConfig(size, changes, source) : size;
  if (config.vocabularySize !== tokenizer.vocabSize) {
    throw new SimvlmError(
      "tokenizer-mismatch",
      `${source}: its vocabularySize is to be ${config.vocabularySize}, but its tokenizer has ${tokenizer.vocabSize} pieces: ` +
        "it would learn to say pieces that there are not. Give it that number, or leave vocabularySize out.",
    );
  }
  const weights = initializeWeights(config, random);
  return createSimVLM({ config, weights, tokenizer, tokenizerText, source, trained: false });
}
