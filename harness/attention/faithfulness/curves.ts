import type { SaidText } from "../../models/attention-maps.js";
import type { Condition, TextScorer } from "../../models/text-scorer.js";
import { blurPicture, exchangePatches } from "./blurred-patches.js";
import { countChanged } from "./patch-orders.js";

/** How likely a text is while patches are changed one group after another. */
export interface Curve {
  /** The share of patches that have been changed after each step, from 0 to 1: of whole patches, so steps can differ. */
  readonly shares: readonly number[];
  /** Mean natural log-probability of the text's tokens, after each step, from none of the patches to all. */
  readonly logProbability: readonly number[];
  /** Its exponential: the geometric mean of the tokens' probabilities. */
  readonly probability: readonly number[];
  /** Area under `probability` over `shares`, by trapezoids. */
  readonly auc: number;
}

/** The two curves of one order of patches (Petsiuk, Das and Saenko 2018). */
export interface OrderCurves {
  /** Patches are blurred away, the first ones first: the sooner it falls, the better the order. */
  readonly deletion: Curve;
  /** Patches of a blurred picture are revealed: the sooner it rises, the better. */
  readonly insertion: Curve;
}

/** How pictures are changed. */
export interface CurveOptions {
  /** Patches a side. */
  readonly grid: number;
  /** Steps from none of the patches to all. */
  readonly steps: number;
  /** Standard deviation of the blur, in patches. */
  readonly blur: number;
}

/** Pictures that are held at once. */
const HELD = 64;

/** The curves of several orders of the patches, each a list of all of them. */
export async function traceCurves(
  scorer: TextScorer,
  said: SaidText,
  orders: readonly (readonly number[])[],
  { grid, steps, blur }: CurveOptions,
): Promise<OrderCurves[]> {
  const sharp = said.example.image!;
  const side = Math.sqrt(sharp.length / 3);
  const blurred = blurPicture(sharp, side, (blur * side) / grid);
  const counts = countChanged(steps, grid ** 2);
  const between = counts.slice(1, -1);
  const size = { side, grid };
  const jobs: (() => Condition)[] = [() => ({ image: sharp }), () => ({ image: blurred })];
  for (const order of orders) {
    for (const count of between)
      jobs.push(() => ({ image: exchangePatches(sharp, blurred, order.slice(0, count), size) }));
    for (const count of between)
      jobs.push(() => ({ image: exchangePatches(blurred, sharp, order.slice(0, count), size) }));
  }
  const means: number[] = [];
  for (let start = 0; start < jobs.length; start += HELD) {
    const scored = await scorer.score(
      said,
      jobs.slice(start, start + HELD).map((job) => job()),
    );
    means.push(...scored.map(average));
  }
  const [whole, none, ...rest] = means as [number, number, ...number[]];
  const shares = counts.map((count) => count / grid ** 2);
  return orders.map((_, index) => {
    const own = rest.slice(2 * index * between.length);
    return {
      deletion: toCurve([whole, ...own.slice(0, between.length), none], shares),
      insertion: toCurve([none, ...own.slice(between.length, 2 * between.length), whole], shares),
    };
  });
}

/** The mean of curves, point by point; its area is the mean of theirs. */
export function averageCurves(curves: readonly Curve[]): Curve {
  const mean = (values: (curve: Curve) => readonly number[]) =>
    values(curves[0]!).map((_, point) => average(curves.map((curve) => values(curve)[point]!)));
  return {
    shares: curves[0]!.shares,
    logProbability: mean((curve) => curve.logProbability),
    probability: mean((curve) => curve.probability),
    auc: average(curves.map(({ auc }) => auc)),
  };
}

function toCurve(logProbability: readonly number[], shares: readonly number[]): Curve {
  const probability = logProbability.map(Math.exp);
  let auc = 0;
  for (let point = 1; point < shares.length; point++) {
    auc += ((shares[point]! - shares[point - 1]!) * (probability[point]! + probability[point - 1]!)) / 2;
  }
  return { shares, logProbability, probability, auc };
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
