export { type DecodingRequest, decodeBest, searchOptions } from "../decoding/decode.js";
export { DECODING_DEFAULTS, type DecodingSettings } from "../decoding/settings.js";
export { readClip, readMeteor, type TableChoice } from "../metric-data/supply-tables.js";
export { checkTask } from "./check-task.js";
export { chooseMetrics } from "./choose-metrics.js";
export type { DfMode } from "./metric-input.js";
export {
  type Failure,
  FLAWS,
  type Flaw,
  type Outcome,
  type Prediction,
  type Predictor,
  type RawReply,
} from "./prediction.js";
export { type Scored, type ScoreRequest, scorePredictions } from "./score-predictions.js";
export {
  type GroupReport,
  type Intervals,
  reportScores,
  type ScoreReport,
  type ScoreReportOptions,
} from "./score-report.js";
export { imagesOf, showsImage, showsText, swapImages } from "./shown-images.js";
export {
  type AnswerKind,
  completeSettings,
  defineTask,
  type GivenSettings,
  type Grouping,
  type Language,
  type Modality,
  type Reading,
  type ReferenceSet,
  type Task,
  type TaskData,
  type TaskExample,
  type TaskName,
  type TaskSettings,
  type Truth,
} from "./task.js";
export type { TaskOption } from "./task-option.js";
export { addTasks, findTask, listTasks } from "./task-registry.js";
