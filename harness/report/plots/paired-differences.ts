import { bootstrap, countResult, type ResamplingOptions, SimvlmError } from "@simvlm/metrics";
import type { View } from "../view.js";
import type { ExampleScores } from "./distribution.js";
import { LOSS, type Series, type Style, styleOf, WIN } from "./figure.js";
import { plotView } from "./plot-view.js";
import { thin } from "./thin.js";

/** What the differences are differences of, and how their mean is resampled. */
export interface PairedDifferencesOptions extends ResamplingOptions {
  /** The name of the score. Default "score". */
  readonly score?: string;
  readonly title?: string;
  /** The examples' ids, in the order of the values; default `example 1`, `example 2`, … */
  readonly ids?: readonly string[];
}

const MEAN = styleOf(6);

/**
 * The scores of one run minus those of another, example by example, the largest gain first, and their mean with its
 * bootstrap interval.
 * @param run of the same examples as `against`, in the same order
 * @throws SimvlmError `not-paired`, `too-few-examples`, `bad-resampling`
 */
export function pairedDifferencesView(
  run: ExampleScores,
  against: ExampleScores,
  { score = "score", title, ids, ...resampling }: PairedDifferencesOptions = {},
): Promise<View> {
  if (run.values.length !== against.values.length) {
    throw new SimvlmError(
      "not-paired",
      `${run.name} has ${run.values.length} scores and ${against.name} ${against.values.length}: a paired comparison needs both scores of every example.`,
    );
  }
  const differences = Array.from(run.values, (value, i) => ({
    id: ids?.[i] ?? `example ${i + 1}`,
    value: value - against.values[i]!,
  }));
  const {
    score: at,
    low,
    high,
  } = averageDifference(
    differences.map(({ value }) => value),
    resampling,
  );
  const sorted = differences.sort((a, b) => b.value - a.value);
  const areaOf = (name: string, style: Style, keep: (value: number) => boolean): Series => {
    const kept = [...sorted.entries()].filter(([, { value }]) => keep(value));
    const seen = thin(kept);
    return {
      name: `${name} (${kept.length})`,
      style,
      draw: "area",
      x: seen.map(([rank]) => rank + 1),
      y: seen.map(([, { value }]) => value),
      labels: seen.map(([, { id, value }]) => `${id}: ${value > 0 ? "+" : ""}${value.toFixed(4)}`),
    };
  };
  const ties = sorted.filter(({ value }) => value === 0).length;
  const signed = [at, low, high].map((value) => `${value > 0 ? "+" : ""}${value.toFixed(4)}`);
  return plotView({
    title: title ?? `${score}: ${run.name} minus ${against.name}, ${sorted.length} examples (${ties} equal)`,
    panels: [
      {
        height: 300,
        x: { title: "examples, the largest gain first" },
        y: { title: `difference in ${score}`, include: [0] },
        series: [areaOf("better", WIN, (value) => value > 0), areaOf("worse", LOSS, (value) => value < 0)],
        rules: [{ axis: "y", at, low, high, style: MEAN, label: `mean ${signed[0]} [${signed[1]}, ${signed[2]}]` }],
      },
    ],
  });
}

function averageDifference(differences: readonly number[], resampling: ResamplingOptions) {
  const result = countResult(
    {
      metric: "difference",
      names: ["mean"],
      columns: ["difference", "examples"],
      scoresFromSums: ([sum, examples]) => [sum! / examples!],
    },
    differences.map((difference) => [difference, 1]),
  );
  return bootstrap(result, resampling).mean!;
}
