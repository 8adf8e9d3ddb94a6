import { basename } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { readJsonLines } from "../files/json.js";
import { readFirstLine } from "../files/json-stream.js";
import { type Aligned, alignPredictions } from "../formats/align.js";
import { matchIds } from "../formats/results/match-ids.js";
import { matchOrder } from "../formats/results/match-order.js";
import type { ResultsOptions } from "../formats/results/results-form.js";
import { type FilePrediction, isFailure, OutcomeLine, type Prediction, type Predictor } from "../tasks/prediction.js";
import { requireClasses } from "../tasks/read-answer.js";
import type { ReferenceSet, Task, TaskData, Truth } from "../tasks/task.js";

/** Nothing is computed, so as many at a time as are written in one go. */
const BATCH_SIZE = 1000;

/**
 * What another system predicted, from a file in the task's results format, in one that is recognised, or the
 * predictions.jsonl of a run. Examples that it lacks have failed.
 * @throws SimvlmError what {@link readPredictions} throws, `unknown-predictions`, `duplicate-predictions`,
 *   `nothing-predicted`, `bad-prediction`
 */
export async function createFilePredictor(
  path: string,
  task: Task,
  data: TaskData,
  options: ResultsOptions = {},
): Promise<Predictor> {
  const [predictions, sha256] = await Promise.all([readPredictions(task, path, options), hashFile(path)]);
  const aligned = alignToExamples(data, predictions, path, { ...options, allowMissing: true });
  requireClasses(task, data, aligned.predictions, path);
  const byId = new Map(aligned.predictions.map((prediction) => [prediction.id, prediction]));
  const { field, columns } = options;
  return {
    description: {
      kind: "predictions",
      file: basename(path),
      sha256,
      ...(field !== undefined && { field }),
      ...(columns && { columns: [...columns] }),
    },
    batchSize: BATCH_SIZE,
    predict: async (examples) =>
      examples.map(({ id }) => byId.get(id) ?? { id, error: "the predictions file has no prediction for it" }),
  };
}

/**
 * The predictions of a file; of a run's predictions.jsonl the failures are left out.
 * @throws SimvlmError what the task's reader throws, `empty-predictions`
 */
export async function readPredictions(
  task: Task,
  path: string,
  options: ResultsOptions = {},
): Promise<FilePrediction[]> {
  const first = await readFirstLine(path);
  if (first === undefined || !isOutcomeLine(first)) return task.readResults(path, options);
  const outcomes = await readJsonLines(path, OutcomeLine);
  // Whoever reads them asks nobody: what they took is not to be counted again.
  const predictions = outcomes.flatMap((outcome) => {
    if (isFailure(outcome)) return [];
    const { usage: _, ...prediction } = outcome;
    return [prediction];
  });
  if (predictions.length === 0) throw new SimvlmError("empty-predictions", `${path} has no predictions.`);
  options.onRecognized?.(`${path}: read as a run's predictions: ${predictions.length} predictions`);
  return predictions;
}

/**
 * Puts predictions beside their examples. They may call the examples otherwise, see {@link matchIds} and
 * {@link matchOrder}.
 * @throws SimvlmError what {@link alignPredictions} and {@link matchOrder} throw
 */
export function alignToExamples(
  { examples, ignored = [], unreferenced = [], unpictured = [] }: ReferenceSet,
  said: readonly FilePrediction[],
  path: string,
  { allowMissing, onRecognized }: { readonly allowMissing: boolean } & Pick<ResultsOptions, "onRecognized">,
): Aligned<Truth, Prediction> {
  const ignore = [...ignored, ...unreferenced, ...unpictured];
  const named = said.map(({ inOrder: _, ...prediction }) => prediction);
  const matched = matchOrder(examples, said, path) ?? matchIds([...examples, ...ignore.map((id) => ({ id }))], named);
  if (matched) onRecognized?.(`${path}: its ids are ${matched.said}`);
  return alignPredictions(examples, matched?.predictions ?? named, {
    path,
    allowMissing,
    ignore,
  });
}

function isOutcomeLine(line: string): boolean {
  try {
    return OutcomeLine.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}
