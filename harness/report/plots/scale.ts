import type { Axis, Panel, Rule, Tick } from "./figure.js";

/** An axis with the range that it spans. */
export interface Span {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  /** 0 to 1, from low to high. */
  readonly place: (value: number) => number;
}

const MARGIN = 0.04;
const MOST_TICKS_ACROSS = 8;
const PIXELS_A_TICK = 45;

/** The spans of a panel's two axes; the x axis takes in the values of all `panels`. */
export function spanPanel(panel: Panel, panels: readonly Panel[] = [panel]): { x: Span; y: Span } {
  const ruled = (axis: Rule["axis"]) => (panel.rules ?? []).filter((rule) => rule.axis === axis).flatMap(endsOf);
  const xs = panels.flatMap(({ series }) => series.flatMap(({ x }) => x));
  const ys = panel.series.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]);
  return {
    x: spanAxis(panel.x, [...xs, ...ruled("x")], MOST_TICKS_ACROSS),
    y: spanAxis(panel.y, [...ys, ...ruled("y")], Math.max(2, panel.height / PIXELS_A_TICK)),
  };
}

function endsOf({ at, low = at, high = at }: Rule): number[] {
  return [low, at, high];
}

function spanAxis(axis: Axis, values: readonly number[], mostTicks: number): Span {
  const isLog = axis.scale === "log";
  const toLine = isLog ? Math.log10 : (value: number) => value;
  const at = [...values, ...(axis.include ?? []), ...(axis.ticks ?? []).map((tick) => tick.at)];
  const lined = at.map(toLine).filter(Number.isFinite);
  const [least, most] = lined.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  const [from, to] = least <= most ? (least === most ? [least - 0.5, most + 0.5] : [least, most]) : [0, 1];
  const margin = MARGIN * (to - from);
  // Nothing lies below zero where zero is asked for.
  const isFloor = !isLog && from === 0 && (axis.include ?? []).includes(0);
  const [low, high] = [isFloor ? 0 : from - margin, to + margin];
  const ticks = axis.ticks ?? (isLog ? powerTicks(low, high) : roundTicks(low, high, mostTicks));
  return { low, high, ticks, place: (value) => (toLine(value) - low) / (high - low) };
}

const STEPS = [1, 2, 5, 10] as const;

/** Multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(low: number, high: number, most: number): Tick[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((factor) => factor * power >= rough)!;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    // Never minus zero.
    ticks.push({ at: k * step + 0, label: labelOf(k * step + 0, decimals) });
  }
  return ticks;
}

function labelOf(value: number, decimals: number): string {
  const small = decimals > 4 && value !== 0;
  return (small ? value.toExponential(0) : value.toFixed(decimals)).replace("-", "−");
}

/** Powers of ten, of exponents from `low` to `high`. */
function powerTicks(low: number, high: number): Tick[] {
  const first = Math.ceil(low - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high + 1e-9) - first + 1) }, (_, k) => {
    const at = 10 ** (first + k);
    return { at, label: at >= 1e5 || at < 1e-3 ? at.toExponential(0) : String(at) };
  });
}
