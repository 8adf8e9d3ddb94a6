import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MetricDefinition } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic, writeFilesAtomic } from "../files/atomic.js";
import { readJson } from "../files/json.js";
import { isShallow } from "../files/schema.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import { FLAWS, isFailure, type Outcome, type Prediction } from "../tasks/prediction.js";
import { collectSignatures, type Scored, scorePredictions } from "../tasks/score-predictions.js";
import { reportScores, type ScoreReport, type ScoreReportOptions } from "../tasks/score-report.js";
import type { Task, TaskData } from "../tasks/task.js";
import { sumUsage } from "../tasks/usage.js";
import { formatManifest, type Manifest, RUN_FILES } from "./manifest.js";
import { formatDigits, type HashedPictures, hashPictures, readsPictures } from "./picture-hash.js";
import { formatOutcomes } from "./predictions-log.js";
import { isSealed, sealRun } from "./seal-run.js";

/** How a run is scored, and what is told of it beside its scores. */
export interface FinishOptions extends Pick<ScoreReportOptions, "intervals" | "onStart"> {
  /** Default: the task's. */
  readonly metrics?: readonly MetricDefinition[] | undefined;
  /** Which of the installed data and models metrics use; default: all. */
  readonly tables?: TableChoice | undefined;
}

/** A run that has its results and scores. */
export interface FinishedRun {
  readonly manifest: Manifest;
  /** Absent for a shard and where there is nothing to score against. */
  readonly report?: ScoreReport | undefined;
  readonly warnings: readonly string[];
  /** Of every example that was to be asked, in the data's order. */
  readonly outcomes: readonly Outcome[];
}

/** A run whose examples have all been asked. */
export interface PredictedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly task: Task;
  readonly data: TaskData;
  /** Pictures are named relative to it. */
  readonly dataFolder: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * Writes the results and, but for a shard, which is scored when it is merged, the scores of a run. Its log is put into
 * the data's order: it does not tell who answered first, or how often the run was stopped.
 */
export async function finishRun(
  run: PredictedRun,
  { metrics, tables, ...options }: FinishOptions = {},
): Promise<FinishedRun> {
  const { folder, task, data } = run;
  const outcomes = orderOutcomes(run);
  const predictions = orderPredictions(run);
  if (outcomes.some((outcome, i) => outcome !== run.outcomes[i])) {
    await writeFileAtomic(join(folder, RUN_FILES.predictions), formatOutcomes(outcomes));
  }
  await writeFileAtomic(join(folder, task.resultsName), task.formatResults(predictions));
  const scored = run.manifest.shard ? undefined : await scorePredictions({ task, data, predictions, metrics, tables });
  const report = scored && reportRun(scored, outcomes, options);
  const scores = report && `${JSON.stringify(report, null, 2)}\n`;
  const shown = await hashShown(run);
  const pictures = shown && formatDigits(shown);
  const manifest: Manifest = {
    ...run.manifest,
    ...countFailures(outcomes),
    ...(shown && { pictures: { count: shown.hashes.length, sha256: shown.sha256 } }),
    metricSignatures: scored ? collectSignatures(scored.results, scored) : {},
  };
  // Whoever is killed while a seal is replaced leaves no run that says it is finished and does not meet its seal.
  if (isSealed(folder)) await writeFileAtomic(join(folder, RUN_FILES.manifest), formatManifest(run.manifest));
  // The manifest last: what it says of the end is true when it is there.
  await writeFilesAtomic([
    ...(scores === undefined ? [] : [[join(folder, RUN_FILES.scores), scores] as const]),
    ...(pictures === undefined ? [] : [[join(folder, RUN_FILES.pictures), pictures] as const]),
    [join(folder, RUN_FILES.seal), await sealRun(folder, manifest, { scores, pictures })],
    [join(folder, RUN_FILES.manifest), formatManifest(manifest)],
  ]);
  return { manifest, report, warnings: scored ? [...scored.warnings, ...scored.caveats] : [], outcomes };
}

/** The scores of a run, with what its answers took. */
export function reportRun(scored: Scored, outcomes: readonly Outcome[], options: ScoreReportOptions): ScoreReport {
  const usage = sumUsage(outcomes);
  return { ...reportScores(scored, options), ...(usage && { usage }) };
}

/** The pictures that were shown; undefined where none were, or some are gone. */
async function hashShown(run: PredictedRun): Promise<(HashedPictures & { readonly sha256: string }) | undefined> {
  if (!readsPictures(run.manifest)) return undefined;
  const { sha256, ...shown } = await hashPictures(run);
  return shown.names.length > 0 && sha256 !== undefined ? { ...shown, sha256 } : undefined;
}

/** The outcomes in the data's order, whatever order they came in. */
function orderOutcomes({ data, outcomes }: Pick<PredictedRun, "data" | "outcomes">): Outcome[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return data.examples.flatMap(({ id }) => byId.get(id) ?? []);
}

/** The predictions in the data's order. */
export function orderPredictions(run: Pick<PredictedRun, "data" | "outcomes">): Prediction[] {
  return orderOutcomes(run).filter((outcome): outcome is Prediction => !isFailure(outcome));
}

/** What a manifest says of the outcomes that are not as they should be. */
export function countFailures(outcomes: readonly Outcome[]): Pick<Manifest, "failed" | "leftOut" | "flawed"> {
  const failures = outcomes.filter(isFailure);
  const leftOut = failures.filter((failure) => failure.leftOut).length;
  const counts = FLAWS.map((kind) => [kind, outcomes.filter(({ flaw }) => flaw === kind).length] as const);
  const flawed = counts.filter(([, count]) => count > 0);
  return {
    failed: failures.length - leftOut,
    ...(leftOut > 0 && { leftOut }),
    ...(flawed.length > 0 && { flawed: Object.fromEntries(flawed) }),
  };
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
