import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { assetPath } from "../files/asset.js";
import type { WeightArrays } from "../layers/weights.js";
import { type PresetName, presets, type SimVLMConfig } from "../models/simvlm/config.js";
import type { Head } from "../models/simvlm/heads.js";
import { initializeWeights } from "../models/simvlm/initialize.js";
import { createRandom } from "../random.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { loadTokenizer } from "../text/unigram.js";
import { FILES, loadCheckpoint } from "./checkpoint.js";

/** A model with its words, ready to use. */
export interface OpenedModel {
  readonly config: SimVLMConfig;
  readonly weights: WeightArrays;
  /** A classifier on top of it, with its own weights. */
  readonly head?: (Head & { readonly weights: WeightArrays }) | undefined;
  readonly tokenizer: Tokenizer;
  /** Where it comes from, for a person to read. */
  readonly source: string;
  /** False for random weights: what such a model says is noise. */
  readonly trained: boolean;
}

/**
 * A checkpoint folder's model, with its classification head by itself.
 * @throws SimvlmError what `loadCheckpoint` and `loadTokenizer` throw, `tokenizer-mismatch`
 */
export async function openCheckpoint(folder: string): Promise<OpenedModel> {
  const { config, weights, head } = await loadCheckpoint(folder);
  const path = join(folder, FILES.tokenizer);
  const tokenizer = await loadTokenizer(path);
  if (tokenizer.vocabSize !== config.vocabularySize) {
    throw new SimvlmError(
      "tokenizer-mismatch",
      `${path} has ${tokenizer.vocabSize} pieces, but the model's vocabularySize is ${config.vocabularySize}: ` +
        "it is not the tokenizer that this model was trained with. Put that one there.",
    );
  }
  const isHead = (name: string) => name.startsWith("head.");
  const select = (wanted: (name: string) => boolean): WeightArrays =>
    Object.fromEntries(Object.entries(weights).filter(([name]) => wanted(name)));
  return {
    config,
    weights: select((name) => !isHead(name)),
    ...(head && { head: { ...head, weights: select(isHead) } }),
    tokenizer,
    source: folder,
    trained: true,
  };
}

export interface RandomModelOptions {
  readonly preset?: PresetName;
  readonly seed?: number;
}

const DEFAULTS = { preset: "toy", seed: 1 } as const;

/**
 * A model with random weights, always the same for the same seed, with a small tokenizer whose 350 pieces are its
 * vocabulary: for trying things out before there is a trained one.
 */
export async function createRandomModel(options: RandomModelOptions = {}): Promise<OpenedModel> {
  const { preset, seed } = { ...DEFAULTS, ...options };
  const tokenizer = await loadTokenizer(assetPath("tokenizer.json"));
  const config = { ...presets[preset], vocabularySize: tokenizer.vocabSize };
  const weights = initializeWeights(config, createRandom(seed));
  return { config, weights, tokenizer, source: `${preset}, random weights, seed ${seed}`, trained: false };
}
