export { FINETUNING_DEFAULTS, type FinetuningData, type FinetuningRecipe, finetune } from "./finetune.js";
export { readLog as readTrainingLog } from "./log.js";
export type { StepReport } from "./loop.js";
export {
  listShards,
  PRETRAINING_DEFAULTS,
  type PretrainingRecipe,
  pretrain,
  type StartingModel,
} from "./pretrain.js";
export type { PretrainingData } from "./pretraining-batches.js";
export type { TrainingOptions as ModelTrainingOptions } from "./run.js";
export { learningRate, type Schedule } from "./schedule.js";
export { trainVocabulary } from "./vocabulary.js";
