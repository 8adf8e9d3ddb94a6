import type { CheckedOptions } from "./search-options.js";

/** Beyond this many, sorting all is faster than keeping the best in order. */
const INSERTION_LIMIT = 64;

/** log Σ exp of the logits, in double precision: a token's log-probability is its logit less this. */
export function logSumExp(logits: Float32Array): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}

/**
 * What may not come next besides what is suppressed anyway.
 * @param text start token, forced prefix, and what was generated after them
 * @param generated how many of its tokens were
 */
export function listForbidden(text: readonly number[], generated: number, options: CheckedOptions): number[] {
  const { minLength, end, noRepeatNgram } = options;
  const forbidden = noRepeatNgram > 0 ? repeating(text, noRepeatNgram) : [];
  if (generated < minLength) forbidden.push(end);
  return forbidden;
}

/** Tokens that would complete a run of `size` which is in the text already. */
function repeating(text: readonly number[], size: number): number[] {
  const last = text.length - size + 1;
  if (last < 0) return [];
  const tail = text.slice(last);
  const completions: number[] = [];
  for (let begin = 0; begin < last; begin++) {
    if (tail.every((token, offset) => text[begin + offset] === token)) completions.push(text[begin + size - 1]!);
  }
  return completions;
}

/** Indices of the `count` largest finite numbers, largest first; of equal ones the lower index. */
export function largest(numbers: Float32Array, count: number): number[] {
  if (count > INSERTION_LIMIT) {
    const finite = Array.from(numbers.keys()).filter((index) => numbers[index] !== -Infinity);
    return finite.sort((a, b) => numbers[b]! - numbers[a]! || a - b).slice(0, count);
  }
  const best: number[] = [];
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]!;
    if (number === -Infinity || (best.length === count && number <= numbers[best.at(-1)!]!)) continue;
    if (best.length === count) best.pop();
    let at = best.length;
    while (at > 0 && numbers[best[at - 1]!]! < number) at--;
    best.splice(at, 0, index);
  }
  return best;
}
