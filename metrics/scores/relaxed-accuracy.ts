import { defineMeanMetric } from "../definition.js";
import { type Explanation, explanationOf } from "../explanation.js";
import { trim } from "../text/white-space.js";

/** How far from the target a number may be, as a part of the target. */
const TOLERANCE = 0.05;

/** What Python's `float` takes. */
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const WORD = /^([+-]?)(inf|infinity|nan)$/i;

/** A number, or a percentage as a part of one; undefined for anything else, such as `1,000`. */
function toNumber(text: string): number | undefined {
  const isPercentage = text.endsWith("%");
  const number = parseFloating(trim(isPercentage ? text.replace(/%+$/, "") : text));
  return number === undefined || !isPercentage ? number : number / 100;
}

/** As Python's `float` reads it, in the digits of any script. */
function parseFloating(text: string): number | undefined {
  const [, sign, word] = WORD.exec(text) ?? [];
  if (word !== undefined) return (sign === "-" ? -1 : 1) * (/nan/i.test(word) ? NaN : Infinity);
  const digits = text.replace(DIGIT, (digit) => String(digitValue(digit.codePointAt(0)!)));
  return NUMBER.test(digits) ? Number(digits.replaceAll("_", "")) : undefined;
}

const DIGIT = /\p{Nd}/gu;

/** What a decimal digit stands for: every script has its ten in order, one after another. */
function digitValue(codePoint: number): number {
  let first = codePoint;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return (codePoint - first) % 10;
}

/**
 * Whether an answer is right by ChartQA's measure (Masry et al. 2022): a number within 5 % of the target, or else the same
 * text but for its case. A target of 0 has no 5 %: the texts must be the same. Nothing is near what is not a number (`nan`).
 */
export function isRoughly(prediction: string, target: string): boolean {
  const [said, right] = [toNumber(prediction), toNumber(target)];
  if (said === undefined || right === undefined || right === 0)
    return prediction.toLowerCase() === target.toLowerCase();
  return Math.abs(said - right) / Math.abs(right) <= TOLERANCE;
}

/** The share of questions whose answer {@link isRoughly} one of the right ones. The harnesses agree on it. */
export const relaxedAccuracyMetric = defineMeanMetric({
  name: "relaxed-accuracy",
  title: "relaxed accuracy",
  range: [0, 1],
  score: "relaxed_accuracy",
  scoreExample: ({ prediction, references }) => Number(references.some((target) => isRoughly(prediction, target))),
  explain: ({ prediction, references }) => explainNearness(prediction, references),
  signature: () => ({ dialect: "official", tolerance: TOLERANCE }),
});

/** How far the answer is from each target, or that only their texts were compared. */
function explainNearness(prediction: string, targets: readonly string[]): Explanation {
  const said = toNumber(prediction);
  const rows = targets.map((target) => {
    const right = toNumber(target);
    const isNumber = said !== undefined && right !== undefined && right !== 0;
    const off = isNumber ? `${((100 * Math.abs(said - right)) / Math.abs(right)).toFixed(2)} %` : "";
    return [target, isNumber ? "numbers" : "texts", off, isRoughly(prediction, target) ? "yes" : "no"];
  });
  return explanationOf(
    { kind: "terms", columns: ["right answer", "compared as", "off by", "right"], rows },
    {
      kind: "note",
      text: `Numbers may be off by ${100 * TOLERANCE} %; texts, and answers to a 0, must be the same but for their case.`,
    },
  );
}
