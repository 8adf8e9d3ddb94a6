import { unique } from "../../compare/subsets.js";
import { formatCount } from "../../terminal/numbers.js";
import type { View } from "../view.js";
import { type Series, styleOf, type Tick } from "./figure.js";
import { plotView } from "./plot-view.js";

/** A score after training on so many labels, with its interval if there is one. */
export interface LabelPoint {
  /** The line it belongs to. */
  readonly series: string;
  /** How many labels; zero is drawn to the left of all others, although the axis is logarithmic. */
  readonly x: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** The titles of a label curve and its axes. */
export interface LabelCurveOptions {
  readonly title?: string;
  /** Default "labels". */
  readonly xTitle?: string;
  /** Default "score". */
  readonly yTitle?: string;
}

const DEFAULTS = { title: "Score by number of labels", xTitle: "labels", yTitle: "score" } as const;

/** A score over the number of labels, on a logarithmic axis; each series is a line. */
export function labelCurveView(points: readonly LabelPoint[], options: LabelCurveOptions = {}): Promise<View> {
  const { title, xTitle, yTitle } = { ...DEFAULTS, ...options };
  const counts = unique(points.map(({ x }) => x)).sort((a, b) => a - b);
  const positive = counts.filter((x) => x > 0);
  const step = positive.length > 1 ? (positive.at(-1)! / positive[0]!) ** (1 / (positive.length - 1)) : 10;
  const zero = (positive[0] ?? 1) / step;
  const placeOf = (x: number) => (x > 0 ? x : zero);
  const ticks = counts.map((x): Tick => ({ at: placeOf(x), label: formatCount(x) }));
  const series = unique(points.map((point) => point.series)).map((name, i): Series => {
    const own = points.filter((point) => point.series === name).sort((a, b) => a.x - b.x);
    return {
      name,
      style: styleOf(i),
      draw: "curve",
      x: own.map(({ x }) => placeOf(x)),
      y: own.map(({ value }) => value),
      low: own.map(({ value, low = value }) => low),
      high: own.map(({ value, high = value }) => high),
      labels: own.map((point) => labelOf(point, xTitle)),
    };
  });
  return plotView({
    title,
    panels: [{ height: 300, x: { title: xTitle, scale: "log", ticks }, y: { title: yTitle }, series }],
  });
}

function labelOf({ series, x, value, low, high }: LabelPoint, unit: string): string {
  const interval = low === undefined || high === undefined ? "" : ` [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  return `${series}, ${formatCount(x)} ${unit}: ${value.toFixed(4)}${interval}`;
}
