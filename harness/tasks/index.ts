export {
  DECODING_DEFAULTS,
  type DecodingRequest,
  type DecodingSettings,
  decodeBest,
  searchOptions,
} from "../decoding/settings.js";
export { type Caption, type Captioner, type CaptionerOptions, createCaptioner } from "../models/captioner.js";
export { batchPrefixes, type ExamplePrefix } from "../models/simvlm/prefix-batch.js";
export { createModelPredictor } from "../sources/model-predictor.js";
export { CAPTION_PROMPTS } from "./caption.js";
export type { Task, TaskData, TaskExample, TaskName, TaskSettings } from "./task.js";
export { completeSettings, TASKS } from "./tasks.js";
