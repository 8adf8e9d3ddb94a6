import { expect, test } from "vitest";
import { corruptSpans } from "../../../../harness/models/simvlm/span-corruption.js";
import { createRandom } from "../../../../harness/random.js";

const SENTINEL = 0;
const numbers = (length: number) => Array.from({ length }, (_, i) => i + 3);
const count = (tokens: readonly number[]) => tokens.filter((token) => token === SENTINEL).length;

/** Puts the spans of the suffix where their sentinels stand in the prefix. */
function restore({ prefix, suffix }: { readonly prefix: readonly number[]; readonly suffix: readonly number[] }) {
  const spans: number[][] = [[]];
  for (const token of suffix) {
    if (token === SENTINEL) spans.push([]);
    else spans.at(-1)!.push(token);
  }
  return prefix.flatMap((token) => (token === SENTINEL ? spans.shift()! : [token]));
}

test.each([1, 2, 3, 8, 20, 40, 200])("of %i tokens 15 % are taken out, in spans, and nothing is lost", (length) => {
  for (let seed = 0; seed < 20; seed++) {
    const corrupted = corruptSpans(numbers(length), SENTINEL, createRandom(seed));
    expect(restore(corrupted)).toEqual(numbers(length));
    const removed = corrupted.suffix.length - count(corrupted.suffix);
    expect(removed).toBe(Math.max(1, Math.round(0.15 * length)));
    const spans = Math.max(1, Math.round(removed / 3));
    // one that is rolled over the end is two
    expect(count(corrupted.prefix) - spans).toBeGreaterThanOrEqual(0);
    expect(count(corrupted.prefix) - spans).toBeLessThanOrEqual(1);
    expect(count(corrupted.suffix)).toBe(count(corrupted.prefix) - 1);
  }
});

test("the span of a short text is anywhere, each place as likely, and hangs on the seed alone", () => {
  const seen = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < 1000; seed++) {
    const { suffix } = corruptSpans(numbers(5), SENTINEL, createRandom(seed));
    expect(suffix).toHaveLength(1);
    seen[suffix[0]! - 3]!++;
    expect(corruptSpans(numbers(5), SENTINEL, createRandom(seed)).suffix).toEqual(suffix);
  }
  // 200 each; five standard deviations are 63.
  for (const each of seen) expect(Math.abs(each - 200)).toBeLessThan(63);
});
