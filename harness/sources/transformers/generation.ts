import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { checkDecoding, DECODING_DEFAULTS, type DecodingSettings } from "../../decoding/settings.js";
import type { ModelConfig } from "./folder.js";
import { LIBRARY, type LibraryModel } from "./library.js";

type Fields = Readonly<Record<string, unknown>>;

const Count = z.int().nonnegative().nullish();

/** What is followed of a file that says how a model generates. */
export const Generation = z.looseObject({
  max_length: Count,
  max_new_tokens: z.int().positive().nullish(),
  min_new_tokens: Count,
  no_repeat_ngram_size: Count,
  repetition_penalty: z.number().positive().nullish(),
});

/** What a model's own files say of generating, as the library gathers it: the config's parts, then generation_config.json. */
export function ownGeneration(config: ModelConfig, { generation_config: own }: LibraryModel): Fields {
  const parts = ["decoder", "text_config"].map((name) => Object(config[name]) as Fields);
  return Object.assign({}, config, ...parts, own);
}

/** The settings that the library does not know, or that are decided here, and what each is where it asks for nothing. */
const NOT_FOLLOWED: Fields = {
  do_sample: false,
  num_beams: 1,
  num_beam_groups: 1,
  early_stopping: false,
  length_penalty: 1,
  diversity_penalty: 0,
  penalty_alpha: 0,
  num_return_sequences: 1,
  top_p: 1,
  typical_p: 1,
  epsilon_cutoff: 0,
  eta_cutoff: 0,
  encoder_repetition_penalty: 1,
  encoder_no_repeat_ngram_size: 0,
};

/** What a model's files ask for and do not get. */
export function notFollowed(own: Fields): Fields {
  const asked = Object.entries(NOT_FOLLOWED).filter(([name, usual]) => own[name] != null && own[name] !== usual);
  return Object.fromEntries(asked.map(([name]) => [name, own[name]]));
}

/** Settings that the library would ignore without a word. */
const IGNORED = [
  "beamSize",
  "search",
  "lengthPenalty",
  "earlyStopping",
  "topP",
] as const satisfies readonly (keyof DecodingSettings)[];

/** How texts are found by the library. */
export interface LibraryDecoding extends Fields {
  readonly method: "greedy" | "sample";
  readonly minLength: number;
  readonly maxLength: number;
  readonly noRepeatNgram?: number;
  readonly repetitionPenalty?: number;
  readonly temperature?: number;
  /** 0 for all. */
  readonly topK?: number;
}

/**
 * What was asked for, and what the model's own files have where nobody asks; texts are found greedily.
 * @param usualLength how long texts are where neither says so, in new tokens
 * @throws SimvlmError `ignored-setting` for what the library would ignore, `bad-decoding-options`
 */
export function resolveLibraryDecoding(
  asked: Partial<DecodingSettings>,
  own: Fields,
  usualLength: number,
): LibraryDecoding {
  const ignored =
    IGNORED.find((name) => asked[name] !== undefined) ?? (asked.method === "beam" ? "beamSize" : undefined);
  if (ignored !== undefined) {
    throw new SimvlmError("ignored-setting", `${LIBRARY} knows no ${ignored} and would ignore it without a word.`);
  }
  const { method = "greedy", maxLength = usualLength, temperature, topK } = asked;
  const drawn = method === "sample" ? { temperature: temperature ?? 1, topK: topK ?? 0 } : {};
  const minLength = asked.minLength ?? numberOf(own.min_new_tokens) ?? DECODING_DEFAULTS.minLength;
  const noRepeatNgram = asked.noRepeatNgram ?? numberOf(own.no_repeat_ngram_size);
  const repetitionPenalty = asked.repetitionPenalty ?? numberOf(own.repetition_penalty);
  if (minLength > maxLength) {
    throw new SimvlmError("bad-decoding-options", `minLength is ${minLength}, more than maxLength, ${maxLength}.`);
  }
  const decoding = {
    method: method === "sample" ? "sample" : "greedy",
    ...drawn,
    ...{ minLength, maxLength },
    ...(noRepeatNgram !== undefined && { noRepeatNgram }),
    ...(repetitionPenalty !== undefined && { repetitionPenalty }),
  } as const;
  checkDecoding(decoding);
  return decoding;
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/**
 * How many new tokens a model's own files allow, where they say so.
 * @param begun how many ids a text has before the first that is generated, where that is always the same
 */
export function ownLength(own: Fields, begun: number | undefined): number | undefined {
  const [fresh, whole] = [numberOf(own.max_new_tokens), numberOf(own.max_length)];
  if (fresh !== undefined) return fresh;
  return whole !== undefined && begun !== undefined && whole > begun ? whole - begun : undefined;
}

/** How many ids the model has places for; undefined where its config does not say. */
export function placesOf(config: ModelConfig): number | undefined {
  const parts = ["decoder", "text_config"].map((name) => Object(config[name]) as Fields);
  const said = [...parts, config].flatMap((part: Fields) => [part.n_positions, part.max_position_embeddings]);
  return said.map(numberOf).find((places) => places !== undefined);
}

/**
 * The same as arguments of the library's `generate`. All that it would take from the model's files in their place is named.
 * @param begun ids before the first that is generated
 * @throws SimvlmError `text-too-long`
 */
export function toArguments(decoding: LibraryDecoding, begun: number, places: number | undefined): Fields {
  const { method, maxLength, minLength, noRepeatNgram, repetitionPenalty, temperature, topK } = decoding;
  const free = places === undefined ? maxLength : Math.min(maxLength, places - begun);
  if (free < 1) {
    throw new SimvlmError("text-too-long", `what is asked has ${begun} tokens, and the model has ${places} places`);
  }
  return {
    do_sample: method === "sample",
    num_beams: 1,
    num_return_sequences: 1,
    max_new_tokens: free,
    ...(minLength > 0 && { min_new_tokens: Math.min(minLength, free) }),
    ...(noRepeatNgram !== undefined && { no_repeat_ngram_size: noRepeatNgram }),
    ...(repetitionPenalty !== undefined && { repetition_penalty: repetitionPenalty }),
    ...(method === "sample" && { temperature, top_k: topK }),
  };
}
