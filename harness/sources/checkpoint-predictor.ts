import type { MatrixPrecision } from "../engine/index.js";
import type { Preprocessing } from "../images/preparation.js";
import { hashModel, openCheckpoint } from "../models/family-registry.js";
import { withPreprocessing } from "../models/preprocessing.js";
import { findPretraining } from "../models/published/known-pretraining.js";
import { withWeights } from "../models/weight-precision.js";
import type { Predictor } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { createModelPredictor, type ModelPredictorOptions } from "./model-predictor.js";

/** What a model of ours is asked, and which picture it is shown. */
export interface CheckpointPredictorOptions extends ModelPredictorOptions {
  /** Default the model's own. */
  readonly preprocessing?: Preprocessing | undefined;
  /** What is said of the model's pretraining; default what is known of one of its name, if anything is. */
  readonly pretraining?: string | undefined;
  /** Default `float32`. */
  readonly weights?: MatrixPrecision | undefined;
}

/**
 * The answers of a model of ours, described by its config and hashes and not by where it lies.
 * @throws SimvlmError what `openCheckpoint`, `withWeights`, `withPreprocessing` and `createModelPredictor` throw
 */
export async function createCheckpointPredictor(
  folder: string,
  task: Task,
  data: TaskData,
  { preprocessing, weights, pretraining: told, ...options }: CheckpointPredictorOptions,
): Promise<Predictor> {
  const model = withPreprocessing(
    await withWeights(await openCheckpoint(folder), weights, options.provider),
    preprocessing,
  );
  const predictor = createModelPredictor(model, task, data, options);
  const { checkpoint: _, ...description } = predictor.description;
  const pretraining = told ?? findPretraining(folder, model.description.config);
  const hashes = await hashModel(folder);
  return { ...predictor, description: { ...description, hashes, ...(pretraining !== undefined && { pretraining }) } };
}
