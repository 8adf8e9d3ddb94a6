export {
  DECODING_DEFAULTS,
  type DecodingRequest,
  type DecodingSettings,
  decodeBest,
  searchOptions,
} from "../decoding/settings.js";
export { createModelPredictor } from "../sources/model-predictor.js";
export type { Task, TaskData, TaskExample, TaskName, TaskSettings } from "./task.js";
export { completeSettings, TASKS } from "./tasks.js";
