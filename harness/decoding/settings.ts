import type { Random } from "../random.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import { type BeamOptions, decodeByBeamSearch } from "./beam.js";
import type { Decoder } from "./decoder.js";
import { decodeBySampling, decodeGreedily, type SampleOptions } from "./left-to-right.js";
import type { Generation, SearchOptions } from "./search-options.js";

/** How a text is found, whatever the task. */
export type DecodingSettings = { readonly method: "beam" | "greedy" | "sample" } & Pick<
  SearchOptions,
  "minLength" | "maxLength" | "noRepeatNgram"
> &
  Pick<BeamOptions, "beamSize" | "lengthPenalty"> &
  Pick<SampleOptions, "temperature" | "topK" | "topP">;

/** What captions are decoded with unless one says otherwise; at least one token, since a caption is never empty. */
export const DECODING_DEFAULTS = { method: "beam", beamSize: 3, minLength: 1, maxLength: 32 } as const;

/** What decoding takes besides the model and the prefix. */
export interface DecodingRequest {
  readonly tokenizer: Tokenizer;
  readonly settings: DecodingSettings;
  /** One stream for each example; only sampling draws from them. */
  readonly randoms: readonly Random[];
  /** Tokens never generated besides the special ones. */
  readonly suppress?: readonly number[];
  /** What each example's text begins with, one for each: prompts that the decoder takes. */
  readonly forced?: readonly (readonly number[])[] | undefined;
}

type Search = <Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: BeamOptions & SampleOptions,
) => Promise<Generation[][]>;

const METHODS: Readonly<Record<DecodingSettings["method"], Search>> = {
  beam: decodeByBeamSearch,
  greedy: decodeGreedily,
  sample: decodeBySampling,
};

/** The options that search is called with, see `decodeBest`. */
export function searchOptions({ tokenizer, settings, randoms, suppress = [], forced }: DecodingRequest) {
  const { method: _, ...given } = settings;
  const { startId: start, endId: end, padId, unknownId } = tokenizer;
  return { ...given, start, end, suppress: [padId, unknownId, ...suppress], randoms, ...(forced && { forced }) };
}

/**
 * The best text of each example.
 * @throws SimvlmError `bad-decoding-options`, `text-too-long`
 */
export async function decodeBest<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  request: DecodingRequest,
): Promise<Generation[]> {
  const generations = await METHODS[request.settings.method](decoder, prefix, searchOptions(request));
  return generations.map(([best]) => best!);
}
