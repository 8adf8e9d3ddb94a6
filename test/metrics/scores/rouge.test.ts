import { rougeL } from "@simvlm/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LongestCommonSubsequence } from "../../../metrics/scores/longest-common-subsequence.js";
import { SEEDED } from "../generators.js";

const BETA = 1.2;

function fMeasure(precision: number, recall: number): number {
  return precision === 0 ? 0 : ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}

function score(hypothesis: string, references: string[]): number {
  return rougeL([hypothesis], [references], { tokenizer: "none" }).scores.ROUGE_L;
}

test.each([
  ["one reference", "a b c d", ["a x c"], 2 / 4, 2 / 3],
  ["best precision and best recall of two references", "a b c d", ["a b c x y z", "a b"], 3 / 4, 2 / 2],
  ["order counts", "c b a", ["a b c"], 1 / 3, 1 / 3],
  ["repeated words", "a a a", ["a b a"], 2 / 3, 2 / 3],
  ["nothing in common", "a b", ["c d"], 0, 0],
  ["white space inside a token holds it together", "1\u00a01/2 cups", ["1 1/2 cups"], 1 / 2, 1 / 3],
  ["two spaces make an empty token", "a  b", ["a b"], 2 / 3, 2 / 2],
  ["an empty caption against a word", "", ["a"], 0, 0],
  ["a word against an empty reference", "a", [""], 0, 0],
  ["both empty", "", [""], 1, 1],
  ["both empty among others", "", ["a b", ""], 1, 1],
] as const)("%s", (_, hypothesis, references, precision, recall) => {
  expect(score(hypothesis, [...references])).toBeCloseTo(fMeasure(precision, recall), 15);
});

test("without tokens at all, as after the PTB tokenizer, both empty score 1 too", () => {
  const { perExample } = rougeL([".", "", "a"], [["!", "a"], ["a"], ["."]]);
  expect([...perExample.ROUGE_L]).toEqual([1, 0, 0]);
});

test("the corpus score is the mean", () => {
  const { scores, perExample } = rougeL(["a", "b c", "x"], [["a"], ["b d"], ["y"]], { tokenizer: "none" });
  expect([...perExample.ROUGE_L]).toEqual([1, expect.closeTo(fMeasure(1 / 2, 1 / 2), 15), 0]);
  expect(scores.ROUGE_L).toBe((1 + perExample.ROUGE_L[1]!) / 3);
});

/** The textbook table of longest common subsequences of all prefixes. */
function commonLength(first: readonly number[], second: readonly number[]): number {
  let row = new Array<number>(second.length + 1).fill(0);
  for (const token of first) {
    const next = [0];
    for (const [j, other] of second.entries()) {
      next.push(token === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

const VOCABULARY = 6;
const sequence = (minLength: number, maxLength: number) =>
  fc.array(fc.nat(VOCABULARY - 1), { minLength, maxLength, size: "max" });

test.each([
  ["up to 32 tokens", 0, 32],
  ["32 and 33 tokens", 32, 33],
  ["up to 64 tokens", 33, 64],
  ["64 to 97 tokens", 64, 97],
  ["up to 300 tokens", 98, 300],
])("common subsequences of %s are as long as the textbook's", (_, minLength, maxLength) => {
  const lcs = new LongestCommonSubsequence(VOCABULARY); // one for all pairs: what the last one left must not matter
  const seconds = fc.array(sequence(0, 120), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(sequence(minLength, maxLength), seconds, (first, others) => {
      lcs.setFirst(Int32Array.from(first));
      const lengths = others.map((second) => lcs.lengthWith(Int32Array.from(second)));
      expect(lengths).toEqual(others.map((second) => commonLength(first, second)));
    }),
    { ...SEEDED, numRuns: 60 },
  );
});

test("a caption of 100 words, then short ones", () => {
  const long = Array.from({ length: 100 }, (_, i) => `w${i % 40}`);
  const half = long.filter((_, i) => i % 2 === 0);
  const { perExample } = rougeL([long.join(" "), "a b", ""], [[half.join(" ")], ["a c b"], [long.join(" ")]], {
    tokenizer: "none",
  });
  expect([...perExample.ROUGE_L]).toEqual([
    expect.closeTo(fMeasure(50 / 100, 50 / 50), 15),
    expect.closeTo(fMeasure(2 / 2, 2 / 3), 15),
    0,
  ]);
});

test("captions beyond all measure are scored in little memory", () => {
  const long = "x ".repeat(25_000).trim();
  const half = "x ".repeat(12_500).trim();
  const { perExample } = rougeL([long, "a b"], [[half], ["a c b"]], { tokenizer: "none" });
  expect([...perExample.ROUGE_L]).toEqual([
    expect.closeTo(fMeasure(12_500 / 25_000, 1), 15),
    expect.closeTo(fMeasure(1, 2 / 3), 15),
  ]);
});
