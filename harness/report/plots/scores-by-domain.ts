import type { RunComparison } from "../../compare/comparison.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { findTask } from "../../tasks/task-registry.js";
import { formatPercent } from "../../terminal/numbers.js";
import type { View } from "../view.js";
import { placeIntervals } from "./place-intervals.js";
import { plotView } from "./plot-view.js";

/** Which score is shown. */
export interface ScoresByDomainOptions {
  /** Default: the task's main score, or the first there is. */
  readonly score?: string;
  readonly title?: string;
}

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
  const points = rows.map(({ run, subset, examples, value: at, low, high }) => ({
    run,
    part: subset,
    examples,
    at,
    low,
    high,
  }));
  return plotView({
    title: title ?? `${score} with ${formatPercent(resampling.confidence)} intervals`,
    panels: [{ height: 300, ...placeIntervals(points, runs, subsets), y: { title: score, include: [0] } }],
  });
}
