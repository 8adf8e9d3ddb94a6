import { METRICS, type MetricDefinition } from "@simvlm/metrics";
import type { MeasuredRuns } from "../../compare/compare-runs.js";
import { shortenParts } from "../../compare/explained.js";
import { needsSupply } from "../../metric-data/supply-tables.js";
import { examplesById } from "../../tasks/examples-by-id.js";
import { type KeptCounts, type MetricOrigin, packScoring, type Scoring } from "../check/scoring.js";
import { type EmbeddedFile, extractFiles } from "./embedded-file.js";

/** What the page scores predictions with, as {@link packScoring} writes it; undefined where nothing was scored. */
export function embedScoring(measured: MeasuredRuns, files: readonly EmbeddedFile[]): string | undefined {
  const { scored, source, metrics, scenes, slices } = measured;
  const [first] = scored;
  if (!first) return undefined;
  const truths = examplesById(source.data);
  const kept = metrics.flatMap((metric, i) =>
    originOf(metric) === "kept" ? [[metric.name, keepCounts(scored, i)] as const] : [],
  );
  const rewritten = listRewritten(measured);
  const scoring: Scoring = {
    metrics: metrics.map((metric) => {
      const { name, title = name, scores } = metric;
      return { name, title, scores, origin: originOf(metric) };
    }),
    examples: first.scored.ids.map((id) => {
      const { references = [], answers, choices, cluster, instances } = truths.get(id)!;
      return { id, references, answers, choices, cluster, instances };
    }),
    groups: source.groups,
    ...(slices && slices.slicings.length > 0 && { slicings: slices.slicings }),
    ...(source.data.tables && { tables: source.data.tables }),
    ...(scenes && { scenes }),
    ...(rewritten.length > 0 && { rewritten }),
    ...(kept.length > 0 && { kept: Object.fromEntries(kept) }),
  };
  return packScoring(
    scoring,
    extractFiles(files).map((bytes) => bytes.toString("utf8")),
  );
}

function originOf(metric: MetricDefinition): MetricOrigin {
  if (!METRICS.includes(metric)) return "none";
  return needsSupply(metric) ? "kept" : "texts";
}

/** What so many examples of a run say is explained: an alignment, or tuples, of some kB each. */
const MOST_EXPLAINED = 500;

function keepCounts(scored: MeasuredRuns["scored"], metric: number): KeptCounts[] {
  return scored.map(({ scored: { ids, results } }) => {
    const result = results[metric]!;
    const { signature, statistics, clusters, explain } = result;
    const isExplained = explain !== undefined && ids.length <= MOST_EXPLAINED;
    return {
      signature,
      values: [...statistics.values],
      ...(clusters && { clusters: [...clusters] }),
      ...(isExplained && { explanations: ids.map((_, place) => shortenParts(explain(place).parts)) }),
    };
  });
}

/** The predictions that a task does not score as they stand. */
function listRewritten({ scored, source: { task } }: MeasuredRuns): [string, string][] {
  const { scoredText } = task;
  if (!scoredText) return [];
  const said = new Set(scored.flatMap(({ run }) => [...run.predictions.values()].map(({ prediction }) => prediction)));
  return [...said].flatMap((text): [string, string][] => (scoredText(text) === text ? [] : [[text, scoredText(text)]]));
}
