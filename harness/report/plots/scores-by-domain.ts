import type { RunComparison } from "../../compare/comparison.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { findTask } from "../../tasks/task-registry.js";
import { formatPercent } from "../../terminal/numbers.js";
import type { View } from "../view.js";
import { type Series, styleOf } from "./figure.js";
import { plotView } from "./plot-view.js";

/** Which score is shown. */
export interface ScoresByDomainOptions {
  /** Default: the task's main score, or the first there is. */
  readonly score?: string;
  readonly title?: string;
}

/** How much of the way to the next domain the runs of one take. */
const SPREAD = 0.5;

/** One score of every run with its interval, by domain or answer type and for all examples together. */
export function scoresByDomainView(
  { scores, task, resampling }: Pick<RunComparison, "scores" | "task" | "resampling">,
  { score: asked, title }: ScoresByDomainOptions = {},
): Promise<View> {
  const { mainScore } = findTask(task);
  const score = asked ?? scores.find(({ score }) => score === mainScore)?.score ?? scores[0]?.score ?? mainScore;
  const rows = scores.filter((row) => row.score === score);
  const subsets = rows.length > 0 ? listSubsets(rows) : [];
  const runs = unique(rows.map(({ run }) => run));
  const series = runs.map((run, i): Series => {
    const own = rows.filter((row) => row.run === run);
    const shift = runs.length > 1 ? SPREAD * (i / (runs.length - 1) - 0.5) : 0;
    return {
      name: run,
      style: styleOf(i),
      draw: "points",
      x: own.map(({ subset }) => subsets.indexOf(subset) + shift),
      y: own.map(({ value }) => value),
      low: own.map(({ low }) => low),
      high: own.map(({ high }) => high),
      labels: own.map(
        ({ subset, value, low, high }) =>
          `${run}, ${subset}: ${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
      ),
    };
  });
  const ticks = subsets.map((label, at) => {
    const { examples } = rows.find(({ subset }) => subset === label)!;
    return { at, label: `${label} (${examples})` };
  });
  const sides = [-0.5, subsets.length - 0.5];
  return plotView({
    title: title ?? `${score} with ${formatPercent(resampling.confidence)} intervals`,
    panels: [{ height: 300, x: { title: "", ticks, include: sides }, y: { title: score, include: [0] }, series }],
  });
}
