import type { MetricExample, MetricResult } from "@simvlm/metrics";

/** So many times as long as the references in the median: CIDEr's penalty of lengths leaves nothing to be told apart. */
const MUCH_LONGER = 2;
/** The score that is blind there, whichever metric gives it. */
const BLIND = "CIDEr";

/**
 * Captions that are much longer than their references, where CIDEr is among what they are scored with: on detailed captions
 * it hardly agrees with people.
 */
export function warnOfLength(examples: readonly MetricExample[], results: readonly MetricResult[]): string[] {
  if (!results.some(({ names }) => names.includes(BLIND))) return [];
  const said = median(examples.length, (add) => {
    for (const { prediction } of examples) add(countWords(prediction));
  });
  const total = examples.reduce((sum, { references }) => sum + references.length, 0);
  if (mostHave(said / MUCH_LONGER, total, examples)) return [];
  const expected = median(total, (add) => {
    for (const { references } of examples) for (const reference of references) add(countWords(reference));
  });
  if (!(said > MUCH_LONGER * expected)) return [];
  return [
    `the captions are much longer than the references (median ${said} words, against ${expected}): CIDEr is nearly blind on such captions; METEOR and SPICE agree better with people there`,
  ];
}

const LAST_OF_ASCII = 0x7f;

/** Whether more than half of the references have so many words, which their median then has, too; it takes a fraction of the time. */
function mostHave(words: number, total: number, examples: readonly MetricExample[]): boolean {
  let found = 0;
  for (const { references } of examples) {
    for (const reference of references) if (countWords(reference, words) >= words) found++;
    if (2 * found > total) return true;
  }
  return false;
}

/**
 * The words of a text, between white space.
 * @param enough of which more need not be counted
 */
function countWords(text: string, enough = Number.POSITIVE_INFINITY): number {
  let words = 0;
  let wasSpace = true;
  for (let at = 0; at < text.length && words < enough; at++) {
    const unit = text.charCodeAt(at);
    if (unit > LAST_OF_ASCII) return text.match(/\S+/g)?.length ?? 0;
    const isSpace = unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
    if (wasSpace && !isSpace) words++;
    wasSpace = isSpace;
  }
  return words;
}

/** The middle of so many numbers, or of the two in the middle; not a number where there are none. */
function median(count: number, addAll: (add: (number: number) => void) => void): number {
  const sorted = new Float64Array(count);
  let at = 0;
  addAll((number) => {
    sorted[at++] = number;
  });
  sorted.sort();
  const middle = (count - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
