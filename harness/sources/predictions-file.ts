import { basename } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { alignPredictions } from "../formats/align.js";
import type { Predictor } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { requireClasses } from "./closed-classes.js";
import { readIgnoredIds, readPredictions } from "./read-predictions.js";

/** Nothing is computed, so as many at a time as are written in one go. */
const BATCH_SIZE = 1000;

/**
 * What another system predicted, from a file in the task's results format or the predictions.jsonl of a run. Examples
 * that it lacks have failed.
 * @throws SimvlmError what the reader throws, `empty-predictions`, `unknown-predictions`, `duplicate-predictions`,
 *   `missing-predictions` if it has none of the examples, `bad-prediction`
 */
export async function createFilePredictor(path: string, task: Task, data: TaskData): Promise<Predictor> {
  const [predictions, ignore, sha256] = await Promise.all([
    readPredictions(task.name, path),
    readIgnoredIds(task.name, data.references),
    hashFile(path),
  ]);
  if (predictions.length === 0) throw new SimvlmError("empty-predictions", `${path} has no predictions.`);
  const aligned = alignPredictions(data.examples, predictions, { path, allowMissing: true, ignore });
  requireClasses(task, data, aligned.predictions, path);
  const byId = new Map(aligned.predictions.map((prediction) => [prediction.id, prediction]));
  return {
    description: { kind: "predictions", file: basename(path), sha256 },
    batchSize: BATCH_SIZE,
    predict: async (examples) =>
      examples.map(({ id }) => byId.get(id) ?? { id, error: "the predictions file has none for it" }),
  };
}
