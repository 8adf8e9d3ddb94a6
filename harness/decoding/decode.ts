import type { Random } from "../random.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import { decodeByBeamSearch } from "./beam.js";
import type { Decoder } from "./decoder.js";
import { decodeByGitBeamSearch } from "./git-beam.js";
import { decodeBySampling, decodeGreedily, type SampleOptions } from "./left-to-right.js";
import { decodeByLibraryBeamSearch, type LibraryBeamOptions } from "./library-beam.js";
import type { Generation } from "./search-options.js";
import { type BeamSearch, checkDecoding, type DecodingSettings } from "./settings.js";

/** What decoding takes besides the model and the prefix. */
export interface DecodingRequest {
  readonly tokenizer: Pick<Tokenizer, "startId" | "endId" | "padId" | "unknownId">;
  readonly settings: DecodingSettings;
  /** One stream for each example; only sampling draws from them. */
  readonly randoms: readonly Random[];
  /** Tokens that are never generated; default what `tokensNeverSaid` lists. */
  readonly suppress?: readonly number[];
  /** What each example's text begins with, one for each: prompts that the decoder takes. */
  readonly forced?: readonly (readonly number[])[] | undefined;
}

type Search = <Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: LibraryBeamOptions & SampleOptions,
) => Promise<Generation[][]>;

const BY_BEAMS: Readonly<Record<BeamSearch, Search>> = {
  simvlm: decodeByBeamSearch,
  transformers: decodeByLibraryBeamSearch,
  git: decodeByGitBeamSearch,
};

/** The special tokens that no text has in it: padding, unknown and start. */
export function tokensNeverSaid({ padId, unknownId, startId }: DecodingRequest["tokenizer"]): number[] {
  return [padId, unknownId, startId];
}

/** The options that a search is called with. */
export function searchOptions(request: DecodingRequest): LibraryBeamOptions & SampleOptions {
  const { tokenizer, settings, randoms, suppress = tokensNeverSaid(tokenizer), forced } = request;
  const { method: _, search: __, ...given } = settings;
  return { ...given, start: tokenizer.startId, end: tokenizer.endId, suppress, randoms, ...(forced && { forced }) };
}

/**
 * The texts that the method of the settings finds for each example: of a beam search up to `beamSize`, best first (the
 * original GIT's finds one); else one.
 * @throws SimvlmError `bad-decoding-options`, `text-too-long`
 */
export function decodeAll<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  request: DecodingRequest,
): Promise<Generation[][]> {
  const { method, search = "simvlm" } = request.settings;
  checkDecoding(request.settings);
  const decode = { beam: BY_BEAMS[search], greedy: decodeGreedily, sample: decodeBySampling }[method];
  return decode(decoder, prefix, searchOptions(request));
}

/**
 * The best text of each example.
 * @throws SimvlmError as {@link decodeAll}
 */
export async function decodeBest<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  request: DecodingRequest,
): Promise<Generation[]> {
  const generations = await decodeAll(decoder, prefix, request);
  return generations.map(([best]) => best!);
}
