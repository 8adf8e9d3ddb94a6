export { type FoundShards, findDocuments, findPairs, findValidationPairs } from "./find-shards.js";
export { FINETUNING_DEFAULTS, type FinetuningData, type FinetuningRecipe, finetune } from "./finetuning.js";
export type { StepReport } from "./loop.js";
export { PRETRAINING_DEFAULTS, type PretrainingRecipe, pretrain } from "./pretraining.js";
export type { PretrainingData } from "./pretraining-batches.js";
export type { TrainingOptions as ModelTrainingOptions } from "./run-training.js";
export { learningRate, type Schedule } from "./schedule.js";
export { trainVocabulary } from "./train-vocabulary.js";
export { readTrainingLog } from "./training-log.js";
