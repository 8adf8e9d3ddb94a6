export { decodeByBeamSearch } from "./beam.js";
export type { BeamOptions } from "./beams.js";
export { type DecodingRequest, decodeAll, decodeBest, searchOptions, tokensNeverSaid } from "./decode.js";
export type { BestTokens, Decoder, DecodingSession, EncodeOptions } from "./decoder.js";
export { decodeByGitBeamSearch } from "./git-beam.js";
export { decodeBySampling, decodeGreedily, type SampleOptions } from "./left-to-right.js";
export { decodeByLibraryBeamSearch, type EarlyStopping, type LibraryBeamOptions } from "./library-beam.js";
export type { Generation, SearchOptions } from "./search-options.js";
export {
  BEAM_SEARCHES,
  type BeamSearch,
  DECODING_DEFAULTS,
  type DecodingSettings,
  type GivenDecoding,
  resolveDecoding,
} from "./settings.js";
export { idsOf, suffixOf } from "./suffix.js";
