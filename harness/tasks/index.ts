export { CAPTION_PROMPTS } from "./caption.js";
export { type Caption, type Captioner, type CaptionerOptions, createCaptioner } from "./captioner.js";
export {
  DECODING_DEFAULTS,
  type DecodingRequest,
  type DecodingSettings,
  decodeBest,
  searchOptions,
} from "./decoding.js";
export { createModelPredictor } from "./model-predictor.js";
export { batchPrefixes, type ExamplePrefix } from "./prefix.js";
export type { Task, TaskData, TaskExample, TaskName, TaskSettings } from "./task.js";
export { completeSettings, TASKS } from "./tasks.js";
