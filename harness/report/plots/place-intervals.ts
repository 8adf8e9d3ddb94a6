import { type Axis, type Series, styleOf } from "./figure.js";

/** A number of a run on a part of the examples, with its interval. */
export interface PlacedInterval {
  readonly run: string;
  readonly part: string;
  readonly examples: number;
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/** How much of the way to the next part the runs of one take. */
const SPREAD = 0.5;

/**
 * Points with whiskers: the parts side by side, and at each of them the runs, a series for each that has points.
 * @param runs in the order that gives them their style
 * @param isSigned whether the numbers are differences
 */
export function placeIntervals(
  points: readonly PlacedInterval[],
  runs: readonly string[],
  parts: readonly string[],
  isSigned = false,
): { x: Axis; series: Series[] } {
  const write = (value: number) => `${isSigned && value > 0 ? "+" : ""}${value.toFixed(4)}`;
  const shown = runs.filter((run) => points.some((point) => point.run === run));
  const series = shown.map((run, i): Series => {
    const own = points.filter((point) => point.run === run);
    const shift = shown.length > 1 ? SPREAD * (i / (shown.length - 1) - 0.5) : 0;
    return {
      name: run,
      style: styleOf(runs.indexOf(run)),
      draw: "points",
      x: own.map(({ part }) => parts.indexOf(part) + shift),
      y: own.map(({ at }) => at),
      low: own.map(({ low }) => low),
      high: own.map(({ high }) => high),
      labels: own.map(({ part, at, low, high }) => `${run}, ${part}: ${write(at)} [${write(low)}, ${write(high)}]`),
    };
  });
  const ticks = parts.map((part, at) => {
    const { examples } = points.find((point) => point.part === part)!;
    return { at, label: `${part} (${examples})` };
  });
  return { x: { title: "", ticks, include: [-0.5, parts.length - 0.5] }, series };
}
