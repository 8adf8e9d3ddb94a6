const RANGE = /^(-?[\d.]+(?:e-?\d+)?)?\s*(?:\.\.|–|to|-)\s*(-?[\d.]+(?:e-?\d+)?)?$/i;
const COMPARISON = /^(<=?|>=?|=|≤|≥)\s*(-?[\d.]+(?:e-?\d+)?)$/i;

type Test = (value: number, bound: number) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  "≤": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "≥": (value, bound) => value >= bound,
  "=": (value, bound) => value === bound,
};

/**
 * What may be typed above a column of numbers: "0.2–0.8", "0.2..", "> 0.5", "<= 1", "= 3".
 * @returns whether a number is meant; undefined where the text cannot be read
 */
export function parseRange(text: string): ((value: number) => boolean) | undefined {
  const [, sign, bound] = COMPARISON.exec(text) ?? [];
  const test = sign && TESTS[sign];
  if (test) return (value) => test(value, Number(bound));
  if (text.trim() !== "" && !Number.isNaN(Number(text))) return (value) => value === Number(text);
  const [whole, low, high] = RANGE.exec(text) ?? [];
  if (!whole || (low === undefined && high === undefined)) return undefined;
  return (value) => (low === undefined || value >= Number(low)) && (high === undefined || value <= Number(high));
}
