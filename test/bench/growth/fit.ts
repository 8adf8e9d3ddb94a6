import { median } from "../runner/row.js";
import type { Point } from "./growth-file.js";

/** Of `cost = fixed + scale · size ^ exponent`. */
export interface Fit {
  readonly exponent: number;
  /** The exponent's 95 % interval, by the likelihood's profile. */
  readonly low: number;
  readonly high: number;
  /** In milliseconds. */
  readonly fixed: number;
  readonly scale: number;
}

/** Exponents that are tried. */
const STEP = 0.005;
const MOST = 3;
/** Three numbers are fitted. */
const PARAMETERS = 3;
/** Student's t at 97.5 %, by degrees of freedom from 1 on; beyond the list it hardly changes. */
const STUDENT = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
];

/**
 * The law that the times go by, errors being relative to them: of all exponents the one whose best fixed cost and scale
 * leave the least. Undefined where there are too few sizes to tell three numbers.
 */
export function fitGrowth(points: readonly Point[]): Fit | undefined {
  const rounds = points.flatMap(({ size, times }) => times.map((time) => ({ size, time })));
  const freedom = rounds.length - PARAMETERS;
  if (points.length < PARAMETERS + 1 || freedom < 1) return undefined;
  const tried = Array.from({ length: Math.round(MOST / STEP) }, (_, i) => fitLine(rounds, (i + 1) * STEP));
  const best = tried.reduce((a, b) => (b.left < a.left ? b : a));
  const student = STUDENT[freedom - 1] ?? STUDENT.at(-1)!;
  const likely = tried.filter(({ left }) => left <= best.left * (1 + student ** 2 / freedom));
  const [low, high] = [likely[0]!.exponent, likely.at(-1)!.exponent];
  return { exponent: best.exponent, low, high, fixed: best.fixed, scale: best.scale };
}

/** Weighted least squares of `fixed + scale · size ^ exponent`, neither of them negative. */
function fitLine(rounds: readonly { size: number; time: number }[], exponent: number) {
  const largest = Math.max(...rounds.map(({ size }) => size));
  const grown = rounds.map(({ size, time }) => ({ x: (size / largest) ** exponent, time, weight: time ** -2 }));
  const sum = (of: (each: (typeof grown)[number]) => number) => grown.reduce((total, each) => total + of(each), 0);
  const [w, wx, wxx] = [sum((a) => a.weight), sum((a) => a.weight * a.x), sum((a) => a.weight * a.x ** 2)];
  const [wt, wxt] = [sum((a) => a.weight * a.time), sum((a) => a.weight * a.x * a.time)];
  let scale = (w * wxt - wx * wt) / (w * wxx - wx ** 2);
  let fixed = (wt - scale * wx) / w;
  if (fixed < 0) [fixed, scale] = [0, wxt / wxx];
  if (scale < 0) [fixed, scale] = [wt / w, 0];
  const left = sum(({ weight, x, time }) => weight * (time - fixed - scale * x) ** 2);
  return { exponent: Number(exponent.toFixed(3)), fixed, scale: scale / largest ** exponent, left };
}

/** How far from 1 a whole interval may reach of what is called linear. */
const LINEAR = 0.2;

/** What an exponent with its interval means, for a reader; an interval that holds much else besides 1 says nothing. */
export function nameGrowth({ low, high }: Fit): "linear" | "less than linear" | "more than linear" | "cannot be told" {
  if (low >= 1 - LINEAR && high <= 1 + LINEAR) return "linear";
  if (low > 1) return "more than linear";
  return high < 1 ? "less than linear" : "cannot be told";
}

/** How many times as fast as one it is with each number of processes. */
export function speedUps(points: readonly Point[]): number[] {
  const alone = median(points[0]!.times);
  return points.map(({ times }) => alone / median(times));
}
