/** What servers call the limit of an answer's tokens. */
const NAMES = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
const NAMED = /\bmax_?(?:completion_?|output_?)?tokens\b/i;
/** What an example leaves of it differs from one to the next. */
const OF_CONTEXT = /context length/i;

const LEAST = [/(?:at least|greater than or equal to|>=|minimum(?: value)?(?: is| of|:)?)\s*["'`]?(\d{1,7})\b/i];
const MOST = [
  /(?:at most|less than or equal to|(?:no|not) more than|up to|(?:not|n't) exceed|<=|maximum(?: allowed)?(?: value)?(?: is| of|:)?)\s*["'`]?(\d{1,7})\b/i,
  /\d > (\d{1,7}), which is the maximum/i,
];
/** Both ends belong to the first of them, only the lower one to the second. */
const RANGE = /\[\s*(\d{1,7})\s*,\s*(\d{1,7})\s*\]/;
const HALF_OPEN = /from (\d{1,7}) \(inclusive\) to (\d{1,7}) \(exclusive\)/i;

/**
 * The nearest number of tokens that a server takes which finds the limit of an answer too large or too small. Undefined
 * where it says no such thing, or counts the question's tokens in.
 */
export function findTokenLimit(
  text: string,
  parameters: Readonly<Record<string, unknown>>,
): { readonly parameter: string; readonly value: number } | undefined {
  const parameter = NAMES.find((name) => typeof parameters[name] === "number");
  if (parameter === undefined || !NAMED.test(text) || OF_CONTEXT.test(text)) return undefined;
  const [, low, high] = RANGE.exec(text) ?? [];
  const [, from, to] = HALF_OPEN.exec(text) ?? [];
  const least = Math.max(1, ...numbersIn([low, from, ...find(LEAST, text)]));
  const most = Math.min(...numbersIn([high, ...find(MOST, text)]), ...numbersIn([to]).map((end) => end - 1));
  const value = Math.min(Math.max(Number(parameters[parameter]), least), most);
  return value < least || value === parameters[parameter] ? undefined : { parameter, value };
}

const find = (patterns: readonly RegExp[], text: string) => patterns.map((pattern) => pattern.exec(text)?.[1]);
const numbersIn = (found: readonly (string | undefined)[]) => found.flatMap((one) => (one ? Number(one) : []));
