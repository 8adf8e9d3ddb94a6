import { readFileSync } from "node:fs";
import { saveCheckpoint } from "../../../harness/checkpoints/index.js";
import { assetPath } from "../../../harness/files/asset.js";
import { presets, type SimVLMConfig } from "../../../harness/model/config.js";
import { initializeWeights } from "../../../harness/model/initialize.js";
import { createRandom } from "../../../harness/random.js";
import { createTokenizer } from "../../../harness/text/tokenizer.js";
import { type DATA_SETS, generateToybox } from "../../../harness/toybox/index.js";
import type { Scratch } from "../cli/run-cli.js";

export const tokenizerFile = readFileSync(assetPath("tokenizer.json"), "utf8");
export const tokenizer = createTokenizer(JSON.parse(tokenizerFile));

/** A model that trains in a blink, with the small tokenizer that comes along. */
export const blink: SimVLMConfig = {
  ...presets.toy,
  imageSize: 32,
  convBlocks: [1, 1, 1],
  width: 32,
  heads: 2,
  mlpWidth: 64,
  encoderLayers: 1,
  decoderLayers: 1,
  vocabularySize: tokenizer.vocabSize,
};

export async function writeToybox(
  scratch: Scratch,
  only: readonly (typeof DATA_SETS)[number][],
  limit: number,
): Promise<string> {
  const out = scratch.at("toybox");
  await generateToybox(out, { seed: 3, noise: 0.3, scale: "small", only, splits: ["train", "val", "test"], limit });
  return out;
}

export async function writeRandomCheckpoint(scratch: Scratch): Promise<string> {
  const folder = scratch.at("random");
  await saveCheckpoint(folder, {
    config: blink,
    weights: initializeWeights(blink, createRandom(1)),
    tokenizer: tokenizerFile,
  });
  return folder;
}
