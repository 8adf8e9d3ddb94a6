export { CAPTION_PROMPTS } from "./caption.js";
export { type Caption, type Captioner, type CaptionerOptions, createCaptioner } from "./captioner.js";
export {
  DECODING_DEFAULTS,
  type DecodingRequest,
  type DecodingSettings,
  decodeBest,
  searchOptions,
} from "./decoding.js";
export { batchPrefixes, type ExamplePrefix } from "./prefix.js";
