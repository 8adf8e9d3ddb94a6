import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MetricDefinition } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic, writeFilesAtomic } from "../files/atomic.js";
import { readJson } from "../files/json.js";
import { isShallow } from "../files/schema.js";
import { isFailure, type Outcome, type Prediction } from "../tasks/prediction.js";
import { collectSignatures, scorePredictions } from "../tasks/score-predictions.js";
import { reportScores, type ScoreReport, type ScoreReportOptions } from "../tasks/score-report.js";
import type { Task, TaskData } from "../tasks/task.js";
import { formatManifest, type Manifest, RUN_FILES } from "./manifest.js";
import { sealRun } from "./seal-run.js";

/** How a run is scored, and what is told of it beside its scores. */
export interface FinishOptions extends Pick<ScoreReportOptions, "intervals" | "onStart"> {
  /** Default: the task's. */
  readonly metrics?: readonly MetricDefinition[] | undefined;
}

/** A run that has its results and scores. */
export interface FinishedRun {
  readonly manifest: Manifest;
  /** Absent for a shard and where there is nothing to score against. */
  readonly report?: ScoreReport | undefined;
  readonly warnings: readonly string[];
}

/** A run whose examples have all been asked. */
export interface PredictedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly task: Task;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
}

/** Writes the results and, but for a shard, which is scored when it is merged, the scores of a run. */
export async function finishRun(run: PredictedRun, { metrics, ...options }: FinishOptions = {}): Promise<FinishedRun> {
  const { folder, task, data, outcomes } = run;
  const predictions = orderPredictions(run);
  await writeFileAtomic(join(folder, task.resultsName), task.formatResults(predictions));
  const scored = run.manifest.shard ? undefined : await scorePredictions({ task, data, predictions, metrics });
  const report = scored && reportScores(scored, options);
  const scores = report && `${JSON.stringify(report, null, 2)}\n`;
  const manifest: Manifest = {
    ...run.manifest,
    failed: outcomes.filter(isFailure).length,
    metricSignatures: scored ? collectSignatures(scored.results, scored.missing.length) : {},
  };
  // The manifest last: what it says of the end is true when it is there.
  await writeFilesAtomic([
    ...(scores === undefined ? [] : [[join(folder, RUN_FILES.scores), scores] as const]),
    [join(folder, RUN_FILES.seal), await sealRun(folder, manifest, scores)],
    [join(folder, RUN_FILES.manifest), formatManifest(manifest)],
  ]);
  return { manifest, report, warnings: scored?.warnings ?? [] };
}

/** The predictions in the data's order, whatever order they came in. */
export function orderPredictions({ data, outcomes }: Pick<PredictedRun, "data" | "outcomes">): Prediction[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return data.examples.flatMap(({ id }) => {
    const outcome = byId.get(id);
    return outcome === undefined || isFailure(outcome) ? [] : [outcome];
  });
}

/** Whether a run's results and scores have been written. */
export function isFinished(folder: string, { metricSignatures }: Manifest, { resultsName }: Task): boolean {
  return metricSignatures !== undefined && existsSync(join(folder, resultsName));
}

const Scores = z
  .looseObject({
    task: z.string(),
    examples: z.int(),
    scores: z.record(z.string(), z.unknown()),
    intervals: z.record(z.string(), z.unknown()).optional(),
    resampling: z.object({ resamples: z.int(), confidence: z.number(), seed: z.int() }).optional(),
    signatures: z.record(z.string(), z.string()),
  })
  .refine((report) => isShallow(report), "expected scores that are nested less deeply")
  .transform((report) => report as unknown as ScoreReport) // JSON that this program has written
  .describe("a run's scores.json");

/**
 * A run's scores; undefined where it has none.
 * @throws SimvlmError what `readJson` throws
 */
export async function readScores(folder: string): Promise<ScoreReport | undefined> {
  const path = join(folder, RUN_FILES.scores);
  return existsSync(path) ? readJson(path, Scores) : undefined;
}
