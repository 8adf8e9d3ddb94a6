import { basename } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { readJsonLines } from "../files/json.js";
import { readFirstLine } from "../files/json-stream.js";
import { alignPredictions } from "../formats/align.js";
import { isFailure, OutcomeLine, type Prediction, type Predictor } from "../tasks/prediction.js";
import { requireClasses } from "../tasks/read-answer.js";
import type { Task, TaskData } from "../tasks/task.js";

/** Nothing is computed, so as many at a time as are written in one go. */
const BATCH_SIZE = 1000;

/**
 * What another system predicted, from a file in the task's results format or the predictions.jsonl of a run. Examples
 * that it lacks have failed.
 * @throws SimvlmError what the reader throws, `empty-predictions`, `unknown-predictions`, `duplicate-predictions`,
 *   `nothing-predicted`, `bad-prediction`
 */
export async function createFilePredictor(path: string, task: Task, data: TaskData): Promise<Predictor> {
  const [predictions, sha256] = await Promise.all([readPredictions(task, path), hashFile(path)]);
  if (predictions.length === 0) throw new SimvlmError("empty-predictions", `${path} has no predictions.`);
  const aligned = alignPredictions(data.examples, predictions, { path, allowMissing: true, ignore: data.ignored });
  requireClasses(task, data, aligned.predictions, path);
  const byId = new Map(aligned.predictions.map((prediction) => [prediction.id, prediction]));
  return {
    description: { kind: "predictions", file: basename(path), sha256 },
    batchSize: BATCH_SIZE,
    predict: async (examples) =>
      examples.map(({ id }) => byId.get(id) ?? { id, error: "the predictions file has no prediction for it" }),
  };
}

/** Of a run's predictions.jsonl the failures are left out. */
async function readPredictions(task: Task, path: string): Promise<Prediction[]> {
  const first = await readFirstLine(path);
  if (first === undefined || !isOutcomeLine(first)) return task.readResults(path);
  return (await readJsonLines(path, OutcomeLine)).flatMap((outcome) => (isFailure(outcome) ? [] : [outcome]));
}

function isOutcomeLine(line: string): boolean {
  try {
    return OutcomeLine.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}
