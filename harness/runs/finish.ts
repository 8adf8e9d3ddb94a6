import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic, writeFilesAtomic } from "../files/atomic.js";
import { type ReportOptions, reportScores, type ScoreReport } from "../scoring/report.js";
import { collectSignatures, type Scored } from "../scoring/scored.js";
import { isFailure, type Outcome, type Prediction } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { formatManifest, type Manifest, RUN_FILES } from "./manifest.js";
import { scoreRun } from "./score.js";

export type FinishOptions = Pick<ReportOptions, "intervals" | "onStart">;

export interface FinishedRun {
  readonly manifest: Manifest;
  /** Absent for a shard and where there is nothing to score against. */
  readonly report?: ScoreReport | undefined;
  readonly warnings: readonly string[];
}

export interface PredictedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly task: Task;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
}

/** Writes the results and, but for a shard, the scores of a run whose examples have all been asked. */
export async function finishRun(run: PredictedRun, options: FinishOptions = {}): Promise<FinishedRun> {
  const { folder, task, outcomes } = run;
  const predictions = orderPredictions(run);
  await writeFileAtomic(join(folder, task.resultsName), task.formatResults(predictions));
  const scored = await scorePredictions(run, predictions);
  const report = scored && reportScores(scored, options);
  const manifest: Manifest = {
    ...run.manifest,
    failed: outcomes.filter(isFailure).length,
    metricSignatures: scored ? collectSignatures(scored.results, scored.missing.length) : {},
  };
  // The manifest last: what it says of the end is true when it is there.
  await writeFilesAtomic([
    ...(report ? [[join(folder, RUN_FILES.scores), `${JSON.stringify(report, null, 2)}\n`] as const] : []),
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

/** Scores against the results file that stands in the run's folder; a shard is scored when it is merged. */
export async function scorePredictions(
  { folder, manifest, task, data }: Omit<PredictedRun, "outcomes">,
  predictions: readonly Prediction[],
): Promise<Scored | undefined> {
  if (manifest.shard) return undefined;
  return scoreRun({ task, data, predictions, results: join(folder, task.resultsName) });
}

/** Whether a run's results and scores have been written. */
export function isFinished(folder: string, { metricSignatures }: Manifest, { resultsName }: Task): boolean {
  return metricSignatures !== undefined && existsSync(join(folder, resultsName));
}
