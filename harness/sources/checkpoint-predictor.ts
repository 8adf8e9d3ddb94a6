import type { Preprocessing } from "../images/preparation.js";
import { hashModel, openCheckpoint } from "../models/family-registry.js";
import { withPreprocessing } from "../models/preprocessing.js";
import type { Predictor } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { createModelPredictor, type ModelPredictorOptions } from "./model-predictor.js";

/** What a model of ours is asked, and which picture it is shown. */
export interface CheckpointPredictorOptions extends ModelPredictorOptions {
  /** Default the model's own. */
  readonly preprocessing?: Preprocessing | undefined;
}

/**
 * The answers of a model of ours, described by its config and hashes and not by where it lies.
 * @throws SimvlmError what `openCheckpoint`, `withPreprocessing` and `createModelPredictor` throw
 */
export async function createCheckpointPredictor(
  folder: string,
  task: Task,
  data: TaskData,
  { preprocessing, ...options }: CheckpointPredictorOptions,
): Promise<Predictor> {
  const model = withPreprocessing(await openCheckpoint(folder), preprocessing);
  const predictor = createModelPredictor(model, task, data, options);
  const { checkpoint: _, ...description } = predictor.description;
  return { ...predictor, description: { ...description, hashes: await hashModel(folder) } };
}
