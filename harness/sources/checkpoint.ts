import { FILES } from "../checkpoints/checkpoint.js";
import { hashCheckpoint } from "../checkpoints/hash.js";
import { openCheckpoint } from "../checkpoints/open.js";
import type { Predictor } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { createModelPredictor, type ModelPredictorOptions } from "./model-predictor.js";

/** A checkpoint's files that no answer depends on. */
const TRAINING_FILES: readonly string[] = [FILES.training, FILES.trainingTensors];

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

/** SHA-256 of a checkpoint's weights, and of the files that answers depend on. */
export async function hashModel(folder: string): Promise<{ weights: string; files: Record<string, string> }> {
  const { weights, files } = await hashCheckpoint(folder);
  const entries = Object.entries(files).filter(([name]) => !TRAINING_FILES.includes(name));
  return { weights, files: Object.fromEntries(entries) };
}
