import type { OpenedModel } from "../checkpoints/open.js";
import type { HostPrefix } from "../decoding/decoder.js";
import type { Generation } from "../decoding/options.js";
import { DECODING_DEFAULTS, type DecodingSettings, decodeBest } from "../decoding/settings.js";
import type { CompileOptions } from "../engine/compile.js";
import type { Framing } from "../images/framing.js";
import { toNatives } from "../layers/native.js";
import { createRandom } from "../random.js";
import { CAPTION_PROMPTS } from "../tasks/caption.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { listWholeWords } from "../text/words.js";
import { createCompiledDecoder } from "./simvlm/compiled-decoder.js";
import { batchPrefixes } from "./simvlm/prefix-batch.js";

export interface CaptionerOptions extends Pick<CompileOptions, "provider"> {
  /** Empty for none. */
  readonly prompt?: string;
  readonly decoding?: Partial<DecodingSettings>;
  /** Of sampling. */
  readonly seed?: number;
}

export interface Caption {
  readonly text: string;
  /** Natural log-probability of the caption under the model, its end included. */
  readonly logProbability: number;
  readonly generation: Generation;
}

/** Captions pictures with one model; graphs are compiled once for each batch size. */
export interface Captioner {
  /** How pictures must be framed: the whole picture, stretched to the model's square. */
  readonly framing: Framing;
  /** How many tokens the prompt is. */
  readonly promptTokens: number;
  readonly settings: DecodingSettings;
  /** The pictures and the prompt as the model takes them. */
  prefixOf(images: readonly Float32Array[]): HostPrefix;
  /**
   * @param images normalised pixels `[imageSize, imageSize, 3]`
   * @param keys what tells the pictures of a whole series apart: what is sampled depends on it, not on the batch
   */
  caption(images: readonly Float32Array[], keys?: readonly (string | number)[]): Promise<Caption[]>;
}

/**
 * The words of a model nobody trained are noise; these settings keep it short, and whole words.
 */
const UNTRAINED = { maxLength: 8, noRepeatNgram: 1 } as const;

/** @throws SimvlmError `bad-decoding-options`, `text-too-long`, `provider`, when it captions */
export function createCaptioner(model: OpenedModel, options: CaptionerOptions = {}): Captioner {
  const { config, tokenizer, trained } = model;
  const { prompt = CAPTION_PROMPTS.en, seed = 1, provider = "cpu" } = options;
  const settings: DecodingSettings = { ...DECODING_DEFAULTS, ...(!trained && UNTRAINED), ...options.decoding };
  const text = tokenizer.encode(prompt);
  const decoder = createCompiledDecoder(toNatives(model.weights), config, { provider });
  const random = createRandom(seed).fork("caption");
  const suppress = trained ? [] : listFragments(tokenizer);

  const prefixOf = (images: readonly Float32Array[]): HostPrefix =>
    batchPrefixes(
      images.map((image) => ({ image, text })),
      config,
      tokenizer.padId,
    );

  return {
    framing: { kind: "stretch", size: config.imageSize },
    promptTokens: text.length,
    settings,
    prefixOf,
    async caption(images, keys = [...images.keys()]) {
      const randoms = keys.map((key) => random.fork(key));
      const generations = await decodeBest(decoder, prefixOf(images), { tokenizer, settings, randoms, suppress });
      return generations.map((generation) => ({
        text: tokenizer.decode(generation.tokens),
        logProbability: generation.logProbability,
        generation,
      }));
    },
  };
}

/** What is neither a word by itself nor the end. */
function listFragments(tokenizer: Tokenizer): number[] {
  const allowed = new Set([...listWholeWords(tokenizer), tokenizer.endId]);
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => !allowed.has(id));
}
