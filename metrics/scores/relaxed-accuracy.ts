import { defineMeanMetric } from "../definition.js";
import { trim } from "../text/white-space.js";

/** How far from the target a number may be, as a part of the target. */
const TOLERANCE = 0.05;

/** What Python's `float` takes. */
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const INFINITE = /^([+-]?)(?:inf|infinity)$/i;

/** A number, or a percentage as a part of one; undefined for anything else, such as `1,000`. */
function toNumber(text: string): number | undefined {
  const isPercentage = text.endsWith("%");
  const digits = trim(isPercentage ? text.replace(/%+$/, "") : text);
  const sign = INFINITE.exec(digits)?.[1];
  if (sign === undefined && !NUMBER.test(digits)) return undefined;
  const number = sign === undefined ? Number(digits.replaceAll("_", "")) : sign === "-" ? -Infinity : Infinity;
  return isPercentage ? number / 100 : number;
}

/**
 * Whether an answer is right by ChartQA's measure (Masry et al. 2022): a number within 5 % of the target, or else the same
 * text but for its case. A target of 0 has no 5 %: the texts must be the same.
 */
export function isRoughly(prediction: string, target: string): boolean {
  const [said, right] = [toNumber(prediction), toNumber(target)];
  if (said === undefined || !right) return prediction.toLowerCase() === target.toLowerCase();
  return Math.abs(said - right) / Math.abs(right) <= TOLERANCE;
}

/** The share of questions whose answer {@link isRoughly} one of the right ones. The harnesses agree on it. */
export const relaxedAccuracyMetric = defineMeanMetric({
  name: "relaxed-accuracy",
  title: "relaxed accuracy",
  range: [0, 1],
  score: "relaxed_accuracy",
  scoreExample: ({ prediction, references }) => Number(references.some((target) => isRoughly(prediction, target))),
  signature: () => ({ dialect: "official", tolerance: TOLERANCE }),
});
