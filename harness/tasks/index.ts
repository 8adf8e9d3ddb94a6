export { CAPTION_PROMPT, type Caption, type Captioner, type CaptionerOptions, createCaptioner } from "./caption.js";
export {
  DECODING_DEFAULTS,
  type DecodingRequest,
  type DecodingSettings,
  decodeBest,
  searchOptions,
} from "./decoding.js";
export { batchPrefixes, type ExamplePrefix } from "./prefix.js";
