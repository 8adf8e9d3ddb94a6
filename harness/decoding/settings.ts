import { SimvlmError } from "@simvlm/metrics";
import type { BeamOptions } from "./beams.js";
import type { SampleOptions } from "./left-to-right.js";
import type { LibraryBeamOptions } from "./library-beam.js";
import type { SearchOptions } from "./search-options.js";

/** The beam searches: SimVLM's, that of Hugging Face's transformers, and that of the original GIT. */
export const BEAM_SEARCHES = ["simvlm", "transformers", "git"] as const;
/** One of {@link BEAM_SEARCHES}. */
export type BeamSearch = (typeof BEAM_SEARCHES)[number];

/** How a text is found, whatever the task. */
export type DecodingSettings = {
  readonly method: "beam" | "greedy" | "sample";
  /** Which beam search; default SimVLM's. */
  readonly search?: BeamSearch;
} & Pick<SearchOptions, "minLength" | "maxLength" | "noRepeatNgram" | "repetitionPenalty"> &
  Pick<BeamOptions, "beamSize" | "lengthPenalty"> &
  Pick<LibraryBeamOptions, "earlyStopping"> &
  Pick<SampleOptions, "temperature" | "topK" | "topP">;

/** What captions are decoded with unless one says otherwise; at least one token, since a caption is never empty. */
export const DECODING_DEFAULTS = { method: "beam", beamSize: 3, minLength: 1, maxLength: 32 } as const;

/** What settings are resolved from; what comes later goes first. */
export interface GivenDecoding {
  /** The family's, as published. */
  readonly family?: Partial<DecodingSettings> | undefined;
  /** What the case at hand sets in its place: a task, a model that nobody trained. */
  readonly usual?: Partial<DecodingSettings>;
  /** What somebody asked for. */
  readonly asked?: Partial<DecodingSettings> | undefined;
}

/**
 * Settings with what was not asked for filled in. What a family says of its beam search does not hold for another
 * method or another search.
 * @throws SimvlmError `bad-decoding-options` for settings that contradict each other
 */
export function resolveDecoding({ family = {}, usual = {}, asked = {} }: GivenDecoding): DecodingSettings {
  const { search, lengthPenalty: _, earlyStopping: __, ...others } = family;
  const method = asked.method ?? family.method ?? DECODING_DEFAULTS.method;
  const isFamilys = method === "beam" && (asked.search ?? search) === search;
  const settings = { ...DECODING_DEFAULTS, ...(isFamilys ? family : others), ...usual, ...asked };
  checkDecoding(settings);
  return settings;
}

/** Each looks at twice as many candidates as there are. */
const MOST_BEAMS = 1000;

/** @throws SimvlmError `bad-decoding-options` for settings that contradict each other, or that ask for too much */
export function checkDecoding(settings: DecodingSettings): void {
  const { method, search, beamSize = 1, earlyStopping, repetitionPenalty = 1 } = settings;
  const bad = (message: string) => new SimvlmError("bad-decoding-options", message);
  if (method === "beam" && beamSize > MOST_BEAMS) {
    throw bad(`beamSize is ${beamSize}, and candidates of so many beams fill the memory; ${MOST_BEAMS} are the most.`);
  }
  if (method !== "beam" && search !== undefined) {
    throw bad(`search is "${search}", a beam search, but the method is "${method}"; leave one of them out.`);
  }
  if (earlyStopping !== undefined && search !== "transformers") {
    const used = method === "beam" ? `the beam search is "${search ?? "simvlm"}"` : `the method is "${method}"`;
    throw bad(
      `earlyStopping is of the beam search "transformers" alone, but ${used}; choose that search, or leave it out.`,
    );
  }
  if (repetitionPenalty !== 1 && search === "git") {
    throw bad('repetitionPenalty is nothing that the beam search "git" knows; choose another search or method.');
  }
}
