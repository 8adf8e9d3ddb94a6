import { type DecodingRequest, decodeBest, tokensNeverSaid } from "../decoding/decode.js";
import type { Decoder } from "../decoding/decoder.js";
import type { Generation } from "../decoding/search-options.js";
import { type DecodingSettings, type GivenDecoding, resolveDecoding } from "../decoding/settings.js";
import { idsOf } from "../decoding/suffix.js";
import type { Preparation } from "../images/preparation.js";
import { createRandom } from "../random.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import { listWholeWords } from "../text/word-spans.js";
import {
  type Execution,
  type ModelExample,
  requirePrompt,
  usualPrompt,
  type VisionLanguageModel,
} from "./vision-language-model.js";

/** How pictures are captioned. */
export interface CaptionerOptions extends Execution {
  /** Empty for none; default what the model is usually asked with, in English. */
  readonly prompt?: string | undefined;
  /** What is left out is as the model's family has it. */
  readonly decoding?: Partial<DecodingSettings>;
  /** Of sampling. */
  readonly seed?: number;
}

/** What a model says of a picture. */
export interface Caption {
  readonly text: string;
  /** Natural log-probability of the caption under the model, its end included. */
  readonly logProbability: number;
  /** All token ids without padding: the start, the prompt where the decoder takes it, the caption, the end if it was reached. */
  readonly ids: readonly number[];
  readonly generation: Generation;
}

/** How captions are looked for. */
export interface CaptionSearch {
  readonly settings: DecodingSettings;
  /** Tokens never said. */
  readonly suppress: readonly number[];
}

/** Captions pictures with one model; graphs are compiled once for each batch size. */
export interface Captioner {
  /** How pictures must be made ready: `loadImages` takes it as it is. */
  readonly preparation: Preparation;
  readonly settings: DecodingSettings;
  /** A picture with the prompt. */
  exampleOf(image: Float32Array): ModelExample;
  /**
   * Captions pictures as one batch; the captions are in the order of the pictures.
   * @param images normalised pixels, `[height, width, 3]` each, see `preparation`
   * @param keys what tells the pictures of a whole series apart: what is sampled depends on it, not on the batch
   * @throws SimvlmError `bad-decoding-options`, `text-too-long`, `provider`
   */
  caption(images: readonly Float32Array[], keys?: readonly (string | number)[]): Promise<Caption[]>;
}

/**
 * The words of a model nobody trained are noise; these settings keep it short, and whole words.
 */
const UNTRAINED = { maxLength: 8, noRepeatNgram: 1 } as const;

/** @throws SimvlmError `bad-decoding-options`, `no-question`; `text-too-long`, `provider`, when it captions */
export function createCaptioner(model: VisionLanguageModel, options: CaptionerOptions = {}): Captioner {
  const { tokenizer, preparation } = model;
  const { prompt = usualPrompt(model), seed = 1, provider = "cpu" } = options;
  requirePrompt(model, prompt);
  const promptTokens = tokenizer.encode(prompt);
  const forced = model.prompting.place === "decoder" ? promptTokens : [];
  const { settings, suppress } = planSearch(model, forced.length, options.decoding);
  const decoder = model.createDecoder({ provider });
  const random = createRandom(seed).fork("caption");
  const exampleOf = (image: Float32Array): ModelExample => ({ image, prompt: promptTokens });
  return {
    preparation,
    settings,
    exampleOf,
    async caption(images, keys = [...images.keys()]) {
      const randoms = keys.map((key) => random.fork(key));
      const request = { settings, randoms, suppress };
      const generations = await generateTexts(model, decoder, images.map(exampleOf), request);
      return generations.map((generation) => ({
        text: tokenizer.decode(generation.tokens),
        logProbability: generation.logProbability,
        ids: idsOf(generation, { start: tokenizer.startId, end: tokenizer.endId, forced }),
        generation,
      }));
    },
  };
}

/**
 * How captions are looked for unless somebody asks otherwise.
 * @param begun tokens that a text begins with
 * @throws SimvlmError `bad-decoding-options`
 */
export function planSearch(
  model: VisionLanguageModel,
  begun: number,
  asked?: Partial<DecodingSettings>,
): CaptionSearch {
  const { tokenizer, trained } = model;
  const settings = resolveDecoding({ ...givenDecoding(model, begun), asked });
  const own = model.suppress ?? tokensNeverSaid(tokenizer);
  return { settings, suppress: trained ? own : [...own, ...listFragments(tokenizer)] };
}

/** What settings are resolved from where nothing is asked. @param begun tokens that a text begins with */
export function givenDecoding(
  model: Pick<VisionLanguageModel, "decoding" | "longestText" | "trained">,
  begun: number,
): Pick<GivenDecoding, "family" | "usual"> {
  return { family: usualDecoding(model, begun), usual: model.trained ? {} : UNTRAINED };
}

/**
 * How the model's family finds texts, no longer than the model has places for: published lengths are for published
 * sizes. @param begun tokens that a text begins with, at most
 */
export function usualDecoding(
  { decoding, longestText }: Pick<VisionLanguageModel, "decoding" | "longestText">,
  begun: number,
): Partial<DecodingSettings> | undefined {
  const longest = Math.max(1, longestText + 1 - begun); // the last token of a text takes no place
  if (decoding?.maxLength === undefined || decoding.maxLength <= longest) return decoding;
  return { ...decoding, maxLength: longest, minLength: Math.min(decoding.minLength ?? 0, longest) };
}

/**
 * The best text of each example, its prompt where the family takes it: beside the picture, or as the beginning of what
 * the decoder goes on with.
 * @param examples those with a picture first
 * @param request `suppress`: tokens never said; default the model's
 * @param promptPlaces prompts in the encoder are padded to so many tokens at least
 * @throws SimvlmError `bad-decoding-options`, `text-too-long`
 */
export function generateTexts<Batch>(
  model: VisionLanguageModel<Batch>,
  decoder: Decoder<Batch>,
  examples: readonly ModelExample[],
  {
    suppress = model.suppress ?? tokensNeverSaid(model.tokenizer),
    ...given
  }: Omit<DecodingRequest, "tokenizer" | "forced">,
  promptPlaces?: number,
): Promise<Generation[]> {
  const { tokenizer, prompting } = model;
  const request = { ...given, tokenizer, suppress };
  if (prompting.place === "encoder") return decodeBest(decoder, model.toBatch(examples, promptPlaces), request);
  const batch = model.toBatch(examples.map(({ image }) => ({ image, prompt: [] })));
  return decodeBest(decoder, batch, { ...request, forced: examples.map(({ prompt }) => prompt) });
}

/** What is neither a word by itself nor the end. */
function listFragments(tokenizer: Tokenizer): number[] {
  const allowed = new Set([...listWholeWords(tokenizer), tokenizer.endId]);
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => !allowed.has(id));
}
