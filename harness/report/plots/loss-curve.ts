import type { View } from "../view.js";
import { type Panel, type Series, styleOf } from "./figure.js";
import { plotView } from "./plot-view.js";
import { thin } from "./thin.js";

/**
 * The fields of a line of a training's log (log.jsonl) that are drawn. A line without a number there is passed over.
 */
export interface LossPoint {
  readonly step: number;
  readonly loss?: unknown;
  readonly learningRate?: unknown;
}

/** The log of one training, with the name that the legend gives it. */
export interface LossCurve {
  readonly name: string;
  readonly points: readonly LossPoint[];
}

/** The title of a loss curve, and how much it is smoothed. */
export interface LossCurveOptions {
  readonly title?: string;
  /**
   * How many neighbouring points each smoothed one is the mean of; 1 for no smoothing. Default a twentieth of all
   * points if there are more than 60, otherwise 1.
   */
  readonly smoothing?: number;
}

const FEW_POINTS = 60;
const SHARE = 0.05;

/** Loss and learning rate over the steps of one training, or of several on the same axes. */
export function lossCurveView(
  runs: readonly LossCurve[] | readonly LossPoint[],
  { title = "Training loss", smoothing }: LossCurveOptions = {},
): Promise<View> {
  const curves = isCurves(runs) ? runs : [{ name: "training", points: runs }];
  const panelOf = (key: "loss" | "learningRate", height: number, title: string): Panel => ({
    height,
    x: { title: "step" },
    y: { title, ...(key === "learningRate" && { include: [0] }) },
    series: curves.flatMap((curve, i) => lineOf(curve, key, i, key === "loss" ? smoothing : 1)),
  });
  const rates = panelOf("learningRate", 90, "learning rate");
  const panels = [panelOf("loss", 260, "loss"), ...(rates.series.length > 0 ? [rates] : [])];
  return plotView({ title, panels });
}

function isCurves(runs: readonly LossCurve[] | readonly LossPoint[]): runs is readonly LossCurve[] {
  return runs.length > 0 && "points" in runs[0]!;
}

function lineOf({ name, points }: LossCurve, key: "loss" | "learningRate", place: number, span?: number): Series[] {
  const own = points.filter((point) => Number.isFinite(point[key]));
  if (own.length === 0) return [];
  const y = own.map((point) => point[key] as number);
  const lineThrough = (values: readonly number[]): Series => {
    const seen = thin([...values.entries()]);
    const x = seen.map(([i]) => own[i]!.step);
    return { name, style: styleOf(place), draw: "line", x, y: seen.map(([, value]) => value) };
  };
  const smoothing = span ?? (y.length > FEW_POINTS ? SHARE * y.length : 1);
  return smoothing > 1 ? [{ ...lineThrough(y), pale: true }, lineThrough(smooth(y, smoothing))] : [lineThrough(y)];
}

/**
 * Means of about `span` neighbours, as many after a value as before it where there are enough, so that the curve does
 * not lag behind.
 */
export function smooth(values: readonly number[], span: number): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1)! + value);
  const half = Math.floor(span / 2);
  const last = values.length - 1;
  return values.map((_, i) => {
    // At the ends a few more on the inner side: a single value there would be no mean.
    const reach = Math.max(Math.min(half, i, last - i), Math.floor(half / 2));
    const [from, to] = [Math.max(0, i - reach), Math.min(last, i + reach)];
    return (sums[to + 1]! - sums[from]!) / (to + 1 - from);
  });
}
