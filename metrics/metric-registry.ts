import type { MetricDefinition } from "./definition.js";
import { SimvlmError } from "./error.js";
import { accuracyMetric } from "./scores/accuracy.js";
import { anlsMetrics } from "./scores/anls.js";
import { bleuMetric } from "./scores/bleu.js";
import { chairMetrics } from "./scores/chair/chair.js";
import { choicePairsMetric } from "./scores/choice-pairs.js";
import { ciderMetric } from "./scores/cider.js";
import { clipScoreMetric, refClipScoreMetric } from "./scores/clip/clip-score.js";
import { distinctMetric } from "./scores/diversity/distinct.js";
import { mutualBleuMetric } from "./scores/diversity/mutual-bleu.js";
import { selfCiderMetric } from "./scores/diversity/self-cider.js";
import { meteorMetric } from "./scores/meteor/meteor.js";
import { multipleChoiceMetrics } from "./scores/multiple-choice.js";
import { nlvr2Metric } from "./scores/nlvr2-scores.js";
import { popeMetrics } from "./scores/pope.js";
import { relaxedAccuracyMetric } from "./scores/relaxed-accuracy.js";
import { rougeMetric } from "./scores/rouge.js";
import { sacreBleuMetric } from "./scores/sacrebleu.js";
import { spiceMetric } from "./scores/spice/spice.js";
import { vqaAccuracyMetric } from "./scores/vqa-accuracy.js";

/** The built-in metrics. */
export const METRICS: readonly MetricDefinition[] = [
  bleuMetric,
  ciderMetric,
  rougeMetric,
  meteorMetric,
  spiceMetric,
  sacreBleuMetric,
  vqaAccuracyMetric,
  accuracyMetric,
  nlvr2Metric,
  ...anlsMetrics,
  relaxedAccuracyMetric,
  ...popeMetrics,
  ...multipleChoiceMetrics,
  choicePairsMetric,
  ...chairMetrics,
  clipScoreMetric,
  refClipScoreMetric,
  selfCiderMetric,
  mutualBleuMetric,
  distinctMetric,
];

const metrics: MetricDefinition[] = [...METRICS];

/** All metrics there are: the built-in ones, then the added ones. */
export function listMetrics(): readonly MetricDefinition[] {
  return metrics;
}

/** The metric of a name (`cider`) or a title (`CIDEr`); undefined where there is none. */
export function findMetric(nameOrTitle: string): MetricDefinition | undefined {
  return metrics.find(({ name }) => name === nameOrTitle) ?? metrics.find(({ title }) => title === nameOrTitle);
}

/**
 * Makes metrics known by their names; one that is known already is passed over.
 * @throws SimvlmError `duplicate-name` where another metric has the name or the title; then none is added
 */
export function addMetrics(definitions: readonly MetricDefinition[]): void {
  const added: MetricDefinition[] = [];
  for (const definition of definitions) {
    const known = [...metrics, ...added];
    if (known.includes(definition)) continue;
    const taken = labelsOf(definition).find((label) => known.some((other) => labelsOf(other).includes(label)));
    if (taken !== undefined) {
      throw new SimvlmError("duplicate-name", `There is a metric ${taken} already: give the new one another name.`);
    }
    added.push(definition);
  }
  metrics.push(...added);
}

function labelsOf({ name, title = name }: MetricDefinition): string[] {
  return [name, title];
}
