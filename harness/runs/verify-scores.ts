import { type MetricDefinition, RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import { choiceOfSignatures } from "../metric-data/as-signed.js";
import { findNamedMetrics, type NamedMetrics, splitByData } from "../tasks/choose-metrics.js";
import type { Outcome } from "../tasks/prediction.js";
import { collectSignatures, type Scored, type ScoreRequest, scorePredictions } from "../tasks/score-predictions.js";
import type { ScoreReport } from "../tasks/score-report.js";
import type { Task } from "../tasks/task.js";
import { type FieldDifference, findDifferences, isTolerated } from "./differences.js";
import type { Evidence, Findings } from "./findings.js";
import { orderPredictions, readScores, reportRun } from "./finish.js";
import { RUN_FILES } from "./manifest.js";
import { namePlugins } from "./task-of-run.js";

/** What has been confirmed of scores: those that nobody here can compute are not. */
export function nameVerified({ metrics, unknown }: NamedMetrics): string | undefined {
  if (unknown.length === 0) return "scores";
  if (metrics.length === 0) return undefined;
  return `scores of ${listIds(metrics.map(({ name, title = name }) => title))}`;
}

/** Whether a run's scores, made once more of its predictions, are those that it has. */
export async function checkScores(findings: Findings, evidence: Evidence): Promise<NamedMetrics> {
  const { folder, manifest, task } = evidence;
  const { metricSignatures = {} } = manifest;
  const stored = await readScores(folder);
  const signed = { ...stored?.signatures, ...metricSignatures };
  const named = findNamedMetrics(task, Object.keys(signed));
  for (const title of named.unknown) {
    findings.notes.push(`there is no metric ${title} here: not scored again.${namePlugins(manifest)}`);
  }
  const { metrics, lacking } = await splitByData(named.metrics, signed, evidence.data.examples, evidence.tables);
  for (const { title, why } of lacking) findings.notes.push(`${title} is not confirmed: ${why}`);
  const unknown = [...named.unknown, ...lacking.map(({ title }) => title)];
  if (metrics.length === 0 && unknown.length > 0) return { metrics, unknown };
  const failed: MetricDefinition[] = [];
  const scored = await scoreOnceMore(evidence, metrics.length > 0 ? metrics : task.metrics, (metric, { message }) => {
    const { name, title = name } = metric;
    findings.notes.push(`${title} is not confirmed: ${message}`);
    unknown.push(title);
    failed.push(metric);
  });
  if (scored && !stored) findings.differences.push(`there is no ${RUN_FILES.scores}`);
  const report = scored && reportOnceMore(scored, evidence.outcomes, stored);
  const known = (found: FieldDifference) =>
    (unknown.length === 0 || found.second !== undefined) && !isTolerated(found, metrics);
  if (stored) findings.compare(RUN_FILES.scores, findDifferences(stored, report).filter(known));
  const signatures = scored ? collectSignatures(scored.results, scored) : {};
  findings.compare("metricSignatures", findDifferences(metricSignatures, signatures).filter(known));
  return { metrics: metrics.filter((metric) => !failed.includes(metric)), unknown };
}

/**
 * A shard is scored when it is merged.
 * @param onFailure is told of a metric whose program fails here: that says nothing of the run
 */
async function scoreOnceMore(
  evidence: Evidence,
  metrics: Task["metrics"],
  onFailure: NonNullable<ScoreRequest["onUnable"]>,
): Promise<Scored | undefined> {
  const { manifest, task, data } = evidence;
  if (manifest.shard) return undefined;
  const tables = { ...choiceOfSignatures(manifest.metricSignatures), ...evidence.tables };
  return scorePredictions({
    ...{ task, data, predictions: orderPredictions(evidence), metrics, tables },
    onUnable(metric, error) {
      if (error.code !== "spice-failed") throw error;
      onFailure(metric, error);
    },
  });
}

function reportOnceMore(scored: Scored, outcomes: readonly Outcome[], stored: ScoreReport | undefined): ScoreReport {
  return reportRun(scored, outcomes, { intervals: stored?.intervals && (stored.resampling ?? RESAMPLING_DEFAULTS) });
}
