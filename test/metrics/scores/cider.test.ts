import { type CiderOptions, cider, documentFrequencies } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

const TOKENISED = { tokenizer: "none" } as const;

function scoreImages(hypotheses: string[], references: string[][], options: CiderOptions = {}): number[] {
  return [...cider(hypotheses, references, { ...TOKENISED, ...options }).perExample.CIDEr];
}

/** e^(-d²/72) for a difference of d words. */
const penalty = (difference: number) => Math.exp((-difference * difference) / 72);

describe("by hand: two images, so that a word of one weighs ln 2 and a word of both nothing", () => {
  test("the mean over four orders, times 10", () => {
    // "b" and "a b" are found, there are no trigrams; "a b" has nothing that weighs in common with "a c"
    expect(scoreImages(["a b", "a b"], [["a b"], ["a c"]])).toEqual([expect.closeTo(5, 12), 0]);
  });

  test("what only the hypothesis has weighs ln 2 as well", () => {
    const half = 1 / Math.SQRT2;
    const [, plain] = scoreImages(["a b", "a c x"], [["a b"], ["a c"]], { variant: "CIDEr" });
    expect(plain).toBeCloseTo((10 / 4) * (half + half), 12);
    const [, clipped] = scoreImages(["a b", "a c x"], [["a b"], ["a c"]]);
    expect(clipped).toBeCloseTo((10 / 4) * (half + half) * penalty(1), 12);
  });

  test("CIDEr-D clips a repeated word, plain CIDEr does not", () => {
    // weights, in units of ln 2: hypothesis b 2; reference b 1, c 1; no bigram in common
    const images = [
      ["b b", "z"],
      [["b c"], ["z"]],
    ] as const;
    expect(
      scoreImages(
        [...images[0]],
        images[1].map((r) => [...r]),
      )[0],
    ).toBeCloseTo((10 / 4) * (1 / (2 * Math.SQRT2)), 12);
    expect(
      scoreImages(
        [...images[0]],
        images[1].map((r) => [...r]),
        { variant: "CIDEr" },
      )[0],
    ).toBeCloseTo((10 / 4) * (2 / (2 * Math.SQRT2)), 12);
  });

  test("the penalty grows with the square of the difference of lengths", () => {
    const filler = "a a a a a a a a a"; // weighs nothing: both images have it
    const references = [[`b ${filler}`], [filler]];
    const [same, shorter] = [`b ${filler}`, "b a a"].map((text) => scoreImages([text, "a"], references)[0]!);
    const [, plain] = [`b ${filler}`, "b a a"].map(
      (text) => scoreImages([text, "a"], references, { variant: "CIDEr" })[0]!,
    );
    expect(same).toBeCloseTo(10, 12);
    expect(shorter).toBeCloseTo(plain! * penalty(7), 12);
  });

  test("a reference given twice counts twice", () => {
    const others = [["x y"], ["z"]];
    const one = (references: string[]) => scoreImages(["a b c", "x", "z"], [references, ...others])[0]!;
    const table = documentFrequencies([["a b c", "a d"], ...others], TOKENISED);
    const alone = (reference: string) => scoreImages(["a b c"], [[reference]], { documentFrequency: table })[0]!;
    expect(one(["a b c", "a b c", "a d"])).toBeCloseTo((2 * alone("a b c") + alone("a d")) / 3, 12);
    expect(one(["a b c", "a d"])).toBeCloseTo((alone("a b c") + alone("a d")) / 2, 12);
  });
});

test("one image scores 0, whatever its caption", () => {
  expect(scoreImages(["a man on a horse"], [["a man on a horse", "a rider"]])).toEqual([0]);
});

test("empty captions and empty references score 0", () => {
  expect(scoreImages(["", "b", ""], [["a"], ["", ""], [""]])).toEqual([0, 0, 0]);
});

test("white space inside a token takes it apart", () => {
  const [split, joined] = ["1 1/2 cups", "1\u00a01/2 cups"].map((text) =>
    scoreImages([text, "z"], [["1 1/2 cups"], ["z"]]),
  );
  expect(joined).toEqual(split);
});

test("the published number is 100 times the score: two perfect captions reach 10", () => {
  const captions = ["a man riding a horse", "a dog on a mat"];
  expect(
    cider(
      captions,
      captions.map((c) => [c]),
      TOKENISED,
    ).scores.CIDEr,
  ).toBeCloseTo(10, 12);
});
