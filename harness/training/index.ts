export { FINETUNING_DEFAULTS, type FinetuningData, type FinetuningRecipe, finetune } from "./finetune.js";
export type { StepReport } from "./loop.js";
export {
  listShards,
  PRETRAINING_DEFAULTS,
  type PretrainingRecipe,
  pretrain,
} from "./pretrain.js";
export type { PretrainingData } from "./pretraining-batches.js";
export type { TrainingOptions as ModelTrainingOptions } from "./run-training.js";
export { learningRate, type Schedule } from "./schedule.js";
export { readTrainingLog } from "./training-log.js";
export { trainVocabulary } from "./vocabulary.js";
