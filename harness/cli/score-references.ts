import { dirname } from "node:path";
import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { requireSealedLog } from "../runs/seal-run.js";
import { alignToExamples, readPredictions } from "../sources/predictions-file.js";
import { looksAtPictures } from "../tasks/choose-metrics.js";
import type { Prediction } from "../tasks/prediction.js";
import { type ReferenceOptions, type ReferenceSet, TASK_SETTING_DEFAULTS, type Task } from "../tasks/task.js";
import { leaveUnpictured } from "../tasks/unpictured.js";
import { isScoredBare, requireReferences } from "../tasks/unreferenced.js";
import { noteReferences, noteUnpictured, noteUnreferenced } from "./data-notes.js";
import { requireMetricData } from "./metric-data.js";
import { toResultsOptions } from "./results-options.js";
import type { ScoreOptions } from "./score-options.js";

/** What is scored of what a file of references has. */
export interface ScoreReferenceOptions extends ReferenceOptions {
  readonly metrics: readonly MetricDefinition[];
  readonly allowMissing: boolean;
  readonly skipMissingReferences: boolean;
  readonly skipMissingPictures: boolean;
  readonly clip?: string | undefined;
}

/**
 * The references of a task that are scored; says what they were taken for and what was left out.
 * @throws SimvlmError what the task's reader and `requireReferences` throw
 */
export async function readScoreReferences(
  task: Task,
  path: string,
  options: ScoreReferenceOptions,
): Promise<ReferenceSet> {
  const { questions, instances, synonyms, metrics } = options;
  const split = options.split ?? TASK_SETTING_DEFAULTS.split;
  const images = options.images ?? (metrics.some(looksAtPictures) ? dirname(path) : undefined);
  const read = await task.readReferences!(path, { questions, instances, synonyms, split, images });
  const data = isScoredBare(read, metrics) ? { ...read, unreferenced: [] } : read;
  noteReferences(data, path);
  if (!options.allowMissing && !options.skipMissingReferences) requireReferences(data, path);
  noteUnreferenced(data);
  if (!options.skipMissingPictures || (await isLacking(options))) return data;
  const pictured = await leaveUnpictured(data);
  noteUnpictured(pictured);
  return pictured;
}

/** Whether what looks at pictures cannot be computed anyway, which scoring says: others then score all examples. */
function isLacking({ metrics, clip }: ScoreReferenceOptions): Promise<boolean> {
  return requireMetricData(metrics.filter(looksAtPictures), { clip }).then(
    () => false,
    () => true,
  );
}

/**
 * Refuses to leave out what nothing looks at.
 * @throws SimvlmError `bad-option`
 */
export function requireUse(
  { skipMissingPictures }: { readonly skipMissingPictures: boolean },
  metrics: readonly MetricDefinition[],
): void {
  if (!skipMissingPictures || metrics.some(looksAtPictures)) return;
  const names = metrics.map(({ name }) => name).join(", ");
  throw new SimvlmError(
    "bad-option",
    `--skip-missing-pictures has no meaning here: of ${names} none looks at pictures.`,
  );
}

/** What files of predictions are scored with. */
export interface Scoring {
  readonly task: Task;
  readonly data: ReferenceSet;
  readonly metrics: readonly MetricDefinition[];
  readonly options: ScoreOptions;
}

/**
 * A file of predictions for the examples of the references.
 * @throws SimvlmError `different-line-counts`, and what reading the file and comparing its ids throws
 */
export async function readAligned(
  path: string,
  { task, data, options }: Pick<Scoring, "task" | "data" | "options">,
): Promise<readonly Prediction[]> {
  const { references, allowMissing } = options;
  const reading = toResultsOptions(options);
  await requireSealedLog(path);
  const said = await readPredictions(task, path, reading);
  if (task.resultsInOrder && said.length !== data.examples.length) {
    throw new SimvlmError(
      "different-line-counts",
      `${references} has ${data.examples.length} lines, ${path} has ${said.length} lines. Line n of each must belong together: check that they are the same split and that none is cut short.`,
    );
  }
  return alignToExamples(data, said, path, { ...reading, allowMissing }).predictions;
}
