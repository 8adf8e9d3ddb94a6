import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import type { Lock } from "../files/lock.js";
import { listIds } from "../formats/ids.js";
import { type Failure, isFailure, type Outcome, type Predictor } from "../tasks/prediction.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { requireReferences } from "../tasks/unreferenced.js";
import { checkPictures } from "./check-pictures.js";
import { claimFolder, hasAnswers } from "./claim-folder.js";
import { describeRun } from "./describe-run.js";
import { type FinishedRun, type FinishOptions, finishRun, isFinished } from "./finish.js";
import { formatManifest, type Manifest, RUN_FILES, readManifest, withoutEnd } from "./manifest.js";
import { predictBatches } from "./predict-batches.js";
import { describeRepeated, formatOutcomes, openLog, readLog } from "./predictions-log.js";
import { requireAsSealed } from "./seal-run.js";
import { selectExamples } from "./selection.js";
import { requireShownPictures } from "./shown-pictures.js";

/** What a run is of. */
export interface RunRequest {
  /** The run's folder; if there is a run of the same kind in it, that run is continued. */
  readonly folder: string;
  readonly task: Task;
  readonly settings: TaskSettings;
  readonly data: TaskData;
  readonly dataFolder: string;
  /** The folder of the pictures, where it is another. */
  readonly images?: string | undefined;
  readonly predictor: Predictor;
  /** The checkpoint's folder or the predictions file. */
  readonly sourcePath?: string | undefined;
  readonly provider?: string | undefined;
  readonly seed: number;
  readonly limit?: number | undefined;
  readonly shard?: Manifest["shard"];
  /** Whether examples whose pictures are not there, or are none, are left out; by default nothing is begun. */
  readonly skipMissingPictures?: boolean | undefined;
  /** Whether examples that nobody has described or answered are left out; by default nothing is begun. */
  readonly skipMissingReferences?: boolean | undefined;
  /** Default: the folder's name. */
  readonly label?: string | undefined;
}

/** How predicting is watched and stopped. */
export interface PredictOptions {
  /** Stops after the batch that is being predicted. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of examples there are to do; what it returns is called with how many more are done. */
  readonly onStart?: ((steps: number) => (steps: number) => void) | undefined;
}

/** A run that this process works on. */
export interface Run {
  readonly manifest: Manifest;
  /** How many examples have no prediction yet. */
  readonly pending: number;
  /** Whether everything has been written: then there is nothing to do. */
  readonly finished: boolean;
  /** What had to be mended in what was there, a sentence each. */
  readonly notes: readonly string[];
  /**
   * Predicts what is pending, each batch on the disk before whoever predicted it begins the next.
   * @returns whether every example has been asked: false when it was stopped
   */
  predict(options?: PredictOptions): Promise<boolean>;
  /** Writes results and scores. */
  finish(options?: FinishOptions): Promise<FinishedRun>;
  /** Gives up the run's folder, so that another process can work on it. */
  close(): Promise<void>;
}

/**
 * Begins a run, or takes up one that was stopped at any moment: no example is lost or predicted twice, those that
 * failed are tried again.
 * @throws SimvlmError `missing-references`, `missing-pictures`, `changed-run`, `changed-pictures`, what {@link claimFolder}, `readLog` and the predictor throw,
 *   `unknown-predictions`
 */
export async function openRun(request: RunRequest): Promise<Run> {
  const { folder, task, data } = request;
  if (!request.skipMissingReferences) requireReferences(data, request.dataFolder);
  const examples = selectExamples(data, request);
  const leftOut = request.predictor.readsPictures ? await checkPictures(examples, request) : [];
  const unasked = new Set(leftOut.map(({ id }) => id));
  const asked = examples.filter(({ id }) => !unasked.has(id));
  await request.predictor.prepare?.(
    asked,
    (await hasAnswers(folder)) ? (await readManifest(folder)).source : undefined,
  );
  const claimed = await claimFolder(folder, await describeRun(request));
  try {
    const { manifest } = claimed;
    const log = await readLog(folder);
    const { outcomes, repeated, torn } = log;
    requireKnown(outcomes, examples, folder);
    // Else what was changed would be finished, and sealed, as if it had been predicted. A torn line or a second one is mended.
    if (!torn && repeated.length === 0) await requireAsSealed({ folder, manifest, outcomes });
    const answered = new Map(outcomes.filter((outcome) => !isFailure(outcome)).map((outcome) => [outcome.id, outcome]));
    const kept = new Map(examples.flatMap(({ id }) => (answered.has(id) ? [[id, answered.get(id)!]] : [])));
    const pending = examples.filter(({ id }) => !kept.has(id));
    if (pending.length > 0) await requireShownPictures({ ...request, manifest, outcomes });
    const isWhole = !torn && repeated.length === 0 && kept.size === outcomes.length;
    const finished = pending.length === 0 && isWhole && isFinished(folder, manifest, task);
    if (!isWhole) {
      // What was made of the predictions must not outlive them.
      await writeFileAtomic(join(folder, RUN_FILES.manifest), formatManifest(withoutEnd(manifest)));
      await writeFileAtomic(join(folder, RUN_FILES.predictions), formatOutcomes([...kept.values()]));
    }
    const notes = describeRepeated(log).map((note) => `${folder}: ${note}`);
    return workOn(request, { manifest, kept, pending, leftOut, finished, notes, lock: claimed.lock });
  } catch (error) {
    await claimed.lock.release();
    throw error;
  }
}

interface Progress {
  readonly manifest: Manifest;
  readonly leftOut: readonly Failure[];
  readonly kept: Map<string, Outcome>;
  readonly pending: readonly TaskExample[];
  readonly finished: boolean;
  readonly notes: readonly string[];
  readonly lock: Lock;
}

function workOn({ folder, task, data, dataFolder, predictor }: RunRequest, progress: Progress): Run {
  const { manifest: begun, kept: outcomes, pending, leftOut, finished, notes, lock } = progress;
  const manifest = withoutEnd(begun);

  const predict = async ({ signal, onStart = () => () => {} }: PredictOptions = {}): Promise<boolean> => {
    if (pending.length > 0 && begun.metricSignatures) {
      await writeFileAtomic(join(folder, RUN_FILES.manifest), formatManifest(manifest));
    }
    const tick = onStart(pending.length);
    const log = await openLog(folder);
    const keep = async (predicted: readonly Outcome[]) => {
      lock.requireHeld();
      await log.append(predicted);
      for (const outcome of predicted) outcomes.set(outcome.id, outcome);
      tick(predicted.length);
    };
    try {
      const missing = new Map(leftOut.map((outcome) => [outcome.id, outcome]));
      if (leftOut.length > 0) await keep(pending.flatMap(({ id }) => missing.get(id) ?? []));
      const asked = pending.filter(({ id }) => !missing.has(id));
      return await predictBatches(predictor, asked, { signal, keep });
    } finally {
      await log.close();
    }
  };

  return {
    manifest: finished ? begun : manifest,
    pending: pending.length,
    finished,
    notes,
    predict,
    finish: (options) =>
      finishRun({ folder, manifest, task, data, dataFolder, outcomes: [...outcomes.values()] }, options),
    close: lock.release,
  };
}

function requireKnown(outcomes: readonly Outcome[], examples: readonly TaskExample[], folder: string): void {
  const known = new Set(examples.map(({ id }) => id));
  const unknown = outcomes.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (unknown.length === 0) return;
  throw new SimvlmError(
    "unknown-predictions",
    `${join(folder, RUN_FILES.predictions)}: the run has no example ${listIds(unknown)}. The file was changed: start again in another folder.`,
  );
}
