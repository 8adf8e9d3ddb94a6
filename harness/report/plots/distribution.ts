import { SimvlmError } from "@simvlm/metrics";
import type { View } from "../view.js";
import { type Rule, type Series, styleOf } from "./figure.js";
import { plotView } from "./plot-view.js";

/** One score of every example of a run, such as `result.perExample.CIDEr`. */
export interface ExampleScores {
  /** What the legend calls the run. */
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** The title of the histograms and how finely they are divided. */
export interface DistributionOptions {
  /** The name of the score, on the x axis. Default "score". */
  readonly score?: string;
  readonly title?: string;
  /** How many bars of equal width the range of all scores is divided into. Default 24. */
  readonly bins?: number;
}

/**
 * How the scores of single examples are spread: a histogram of each run over the same bins, with the means.
 * @throws SimvlmError `bad-option` when `bins` is not a positive whole number
 */
export function scoreDistributionView(
  runs: readonly ExampleScores[],
  { score = "score", title = `${score} of single examples`, bins = 24 }: DistributionOptions = {},
): Promise<View> {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new SimvlmError("bad-option", `bins is ${bins}, not a positive whole number.`);
  }
  const all = runs.flatMap(({ values }) => Array.from(values));
  const [least, most] = all.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const low = least < most || all.length === 0 ? Math.min(least, most) : least - 0.5;
  const width = (least < most ? most - least : 1) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + i * width);
  const binOf = (value: number) => Math.min(Math.floor((value - low) / width), bins - 1);
  const series = runs.map(({ name, values }, i): Series => {
    const shares = new Array<number>(bins).fill(0);
    for (const value of Array.from(values)) shares[binOf(value)]! += 1 / values.length;
    return {
      name,
      style: styleOf(i),
      draw: "steps",
      x: [edges[0]!, ...edges],
      y: [0, ...shares, 0],
    };
  });
  const rules = runs.map(({ name, values }, i): Rule => {
    const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    return {
      axis: "x",
      at: mean,
      style: styleOf(i),
      ...(runs.length === 1 && { label: `mean of ${name}: ${mean.toFixed(4)}` }),
    };
  });
  return plotView({
    title,
    panels: [{ height: 280, x: { title: score }, y: { title: "share of examples", include: [0] }, series, rules }],
  });
}
