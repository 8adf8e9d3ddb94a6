import { hashModel, openCheckpoint } from "../models/family-registry.js";
import type { Predictor } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { createModelPredictor, type ModelPredictorOptions } from "./model-predictor.js";

/**
 * The answers of a model of ours, described by its config and hashes and not by where it lies.
 * @throws SimvlmError what `openCheckpoint` and `createModelPredictor` throw
 */
export async function createCheckpointPredictor(
  folder: string,
  task: Task,
  data: TaskData,
  options: ModelPredictorOptions,
): Promise<Predictor> {
  const model = await openCheckpoint(folder);
  const predictor = createModelPredictor(model, task, data, options);
  const { checkpoint: _, ...description } = predictor.description;
  return { ...predictor, description: { ...description, hashes: await hashModel(folder) } };
}
