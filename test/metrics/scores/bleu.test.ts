import { type BleuName, bleu } from "@simvlm/metrics";
import { expect, test } from "vitest";

const TINY = 1e-15;
const SMALL = 1e-9;

const precision = (matches: number, guesses: number) => (matches + TINY) / (guesses + SMALL);
const penalty = (length: number, referenceLength: number) =>
  Math.exp(Math.min(0, 1 - 1 / ((length + TINY) / (referenceLength + SMALL))));

function score(hypotheses: string[], references: string[][], name: BleuName): number {
  return bleu(hypotheses, references, { tokenizer: "none" }).scores[name];
}

test("a word counts at most as often as one reference has it", () => {
  // "the" stands twice in the first reference; the closest lengths are 7 and 6, so 7
  const the = ["the the the the the the the"];
  const references = [["the cat is on the mat", "there is a cat on the mat"]];
  expect(score(the, references, "Bleu_1")).toBeCloseTo(precision(2, 7) * penalty(7, 7), 15);
  expect(score(the, references, "Bleu_2")).toBeCloseTo(Math.sqrt(precision(2, 7) * precision(0, 6)), 15);
});

test("the corpus score sums the statistics; it is no mean of the images' scores", () => {
  const hypotheses = ["a b c", "d"];
  const references = [["a b x"], ["d e"]];
  const { scores, perExample } = bleu(hypotheses, references, { tokenizer: "none" });
  expect(scores.Bleu_1).toBeCloseTo(precision(3, 4) * penalty(4, 5), 15);
  expect(scores.Bleu_2).toBeCloseTo(Math.sqrt(precision(3, 4) * precision(1, 2)) * penalty(4, 5), 15);
  expect(perExample.Bleu_1[0]).toBeCloseTo(precision(2, 3) * penalty(3, 3), 15);
  expect(perExample.Bleu_1[1]).toBeCloseTo(precision(1, 1) * penalty(1, 2), 15);
});

test("equal lengths are penalised too, by a billionth of a word", () => {
  expect(score(["a man riding a horse"], [["a man riding a horse"]], "Bleu_1")).toBe(0.9999999996000004);
  expect(score(["a b x"], [["a b c", "a b"]], "Bleu_1")).toBeLessThan(precision(2, 3));
  expect(score(["a b x"], [["a b"]], "Bleu_1")).toBe(precision(2, 3));
});

test.each([
  ["the closest", "a b c d", ["a b", "a b c d e"], 5],
  ["the shorter of two equally close", "a b c d", ["a b c d e", "a b c"], 3],
  ["whichever comes first", "a b c d", ["a b c", "a b c d e"], 3],
  ["an empty one", "a", ["", "a b"], 0],
])("the reference length is that of %s", (_, hypothesis, references, length) => {
  const { statistics } = bleu([hypothesis], [references], { tokenizer: "none" });
  expect(statistics.values[statistics.columns.indexOf("referenceLength")]).toBe(length);
});

test.each(["", " "])("an empty caption %j scores 0 and does no harm to others", (empty) => {
  const { perExample, scores } = bleu([empty, "a b"], [["a b"], ["a b"]], { tokenizer: "none" });
  expect([...perExample.Bleu_1]).toEqual([0, expect.closeTo(1, 8)]);
  expect(scores.Bleu_1).toBeCloseTo(precision(2, 2) * penalty(2, 4), 15);
});

test("white space inside a token takes it apart", () => {
  const { statistics } = bleu(["1\u00a01/2 cups"], [["1 1/2 cups", "1\u00a01/2"]], { tokenizer: "none" });
  const row = Object.fromEntries(statistics.columns.map((column, i) => [column, statistics.values[i]]));
  expect(row).toEqual({
    hypothesisLength: 3,
    referenceLength: 3,
    matches1: 3,
    matches2: 2,
    matches3: 1,
    matches4: 0,
    total1: 3,
    total2: 2,
    total3: 1,
    total4: 0,
  });
});
