import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assetPath } from "../../../harness/files/asset.js";
import { initializeWeights } from "../../../harness/models/simvlm/parameters.js";
import { createSimVLM, type SimVLM } from "../../../harness/models/simvlm/simvlm.js";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { presets, type SimVLMConfig } from "../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../harness/random.js";
import type { Tokenizer } from "../../../harness/text/assemble-tokenizer.js";
import { createTokenizer } from "../../../harness/text/load-tokenizer.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { trainTokenizerFiles } from "../../../harness/text/training/train-files.js";
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

/** The same before it is trained. */
export function freshBlink(): SimVLM {
  const weights = initializeWeights(blink, createRandom(1));
  return createSimVLM({
    config: blink,
    weights,
    tokenizer,
    tokenizerText: tokenizerFile,
    source: "blink",
    trained: false,
  });
}

export async function writeToybox(
  scratch: Scratch,
  only: readonly (typeof DATA_SETS)[number][],
  limit: number,
): Promise<string> {
  const out = scratch.at("toybox");
  await generateToybox(out, { seed: 3, noise: 0.3, scale: "small", only, splits: ["train", "val", "test"], limit });
  return out;
}

/** A fresh model with words of its own: the small tokenizer cuts German into more pieces than there are places. */
export async function writeFreshCheckpoint(scratch: Scratch, texts: readonly string[]): Promise<string> {
  const folder = scratch.at("fresh");
  const { file } = await trainTokenizerFiles(texts, { vocabSize: 600, exact: false });
  const tokenizer = serializeTokenizer(file);
  const words: Tokenizer = createTokenizer(JSON.parse(tokenizer));
  const config = { ...blink, vocabularySize: words.vocabSize };
  await saveCheckpoint(folder, { config, weights: initializeWeights(config, createRandom(1)), tokenizer });
  return folder;
}

/** A Toybox with the data of every task, and a fresh model that has its words. */
export async function writeTaskWorld(scratch: Scratch): Promise<{ toybox: string; checkpoint: string }> {
  const toybox = await writeToybox(scratch, ["captions", "vqa", "nlvr2", "snli-ve", "multi30k"], 3);
  const texts = ["multi30k/train.en", "multi30k/train.de", "captions/train.json", "captions/train-de.json"];
  const paths = texts.map((name) => join(toybox, name));
  return { toybox, checkpoint: await writeFreshCheckpoint(scratch, paths) };
}
