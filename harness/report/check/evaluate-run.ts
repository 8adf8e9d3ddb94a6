import {
  createResult,
  evaluateMetric,
  METRICS,
  type MetricDefinition,
  type MetricExample,
  type MetricResult,
  SimvlmError,
} from "@simvlm/metrics";
import { inputOf } from "../../tasks/metric-input.js";
import type { Outcome, Prediction } from "../../tasks/prediction.js";
import type { KeptCounts, Scoring } from "./scoring.js";

/** A run of a report with its texts. */
export interface ReadRun {
  readonly label: string;
  readonly predictions: ReadonlyMap<string, Prediction>;
}

/** What a run of a report says, without its failures. */
export function readRun({
  label,
  outcomes,
}: {
  readonly label: string;
  readonly outcomes: readonly Outcome[];
}): ReadRun {
  const predictions = outcomes.filter((outcome): outcome is Prediction => "prediction" in outcome);
  return { label, predictions: new Map(predictions.map((prediction) => [prediction.id, prediction])) };
}

/** What came of scoring a run of a report again. */
export interface Evaluated {
  /** In the order of the report's metrics. */
  readonly results: readonly MetricResult[];
  /** The metrics that were not computed, and why. */
  readonly unchecked: readonly { readonly metric: string; readonly scores: readonly string[]; readonly why: string }[];
}

/**
 * A run by each metric that can be computed without more than the report.
 * @param run which has a prediction of each scored example
 * @param place of the run in the report
 * @param tick called after each metric
 */
export async function evaluateRun(
  { predictions }: ReadRun,
  place: number,
  scoring: Scoring,
  tick: () => void,
): Promise<Evaluated> {
  const rewritten = new Map(scoring.rewritten);
  const examples = scoring.examples.map((truth): MetricExample => {
    const { prediction } = predictions.get(truth.id)!;
    return { ...truth, prediction: rewritten.get(prediction) ?? prediction };
  });
  const input = inputOf(examples, "shared", scoring.tables);
  const results: MetricResult[] = [];
  const unchecked: { metric: string; scores: readonly string[]; why: string }[] = [];
  for (const { name, title, scores, origin } of scoring.metrics) {
    const metric = METRICS.find((one) => one.name === name);
    if (!metric || origin === "none") unchecked.push({ metric: title, scores, why: "it is a plug-in's" });
    else if (origin === "kept") results.push(takeCounts(metric, scoring.kept![name]![place]!));
    else {
      try {
        results.push(await evaluateMetric(metric, input));
      } catch (error) {
        if (!(error instanceof SimvlmError)) throw error;
        unchecked.push({ metric: title, scores, why: error.message });
      }
    }
    tick();
  }
  return { results, unchecked };
}

function takeCounts(metric: MetricDefinition, { signature, values, clusters }: KeptCounts): MetricResult {
  return createResult(metric, {
    values: Float64Array.from(values),
    signature,
    ...(clusters && { clusters: Int32Array.from(clusters) }),
  });
}
