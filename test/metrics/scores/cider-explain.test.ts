import { readFileSync } from "node:fs";
import { type CiderVariant, cider, documentFrequencies, explainCider } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/nocaps/${name}.json`, import.meta.url), "utf8"));

/** The NoCaps-format fixture: a caption and ten references an image. */
function readFixture(): { captions: string[]; references: string[][] } {
  const { images, annotations } = fixture("annotations") as {
    images: { id: number }[];
    annotations: { image_id: number; caption: string }[];
  };
  const predictions = fixture("predictions-zero-shot") as { image_id: number; caption: string }[];
  return {
    captions: images.map(({ id }) => predictions.find(({ image_id }) => image_id === id)!.caption),
    references: images.map(({ id }) => annotations.filter((each) => each.image_id === id).map((each) => each.caption)),
  };
}

const total = (rows: readonly { contribution: number }[]) => rows.reduce((sum, row) => sum + row.contribution, 0);

describe.each<CiderVariant>(["CIDEr-D", "CIDEr"])("%s of every image of the fixture", (variant) => {
  const { captions, references } = readFixture();
  const documentFrequency = documentFrequencies(references);
  const scores = cider(captions, references, { variant }).perExample.CIDEr;

  test("the score is that of the whole set, and the contributions add up to it", () => {
    for (const [i, caption] of captions.entries()) {
      const { score, rows } = explainCider(caption, references[i]!, { documentFrequency, variant });
      expect(score).toBe(scores[i]);
      expect(Math.abs(total(rows) - score)).toBeLessThan(1e-13 * Math.max(1, score));
    }
    expect(Math.max(...scores)).toBeGreaterThan(1);
  });

  test("in each order the shares add up to 1", () => {
    const { rows } = explainCider(captions[0]!, references[0]!, { documentFrequency, variant });
    for (const n of [1, 2, 3, 4]) {
      const share = rows.filter((row) => row.n === n).reduce((sum, row) => sum + row.share, 0);
      expect(share).toBeCloseTo(1, 12);
    }
  });
});

describe("by hand", () => {
  const documentFrequency = { documents: 4, ngrams: { a: 4, dog: 2, runs: 1, "a dog": 2, "dog runs": 1 } };

  test("a row for each distinct n-gram, in the order of the caption", () => {
    const { rows } = explainCider("a dog dog", ["a dog", "the dog runs"], { documentFrequency });
    const brief = rows.map(({ n, ngram, count, references, documents }) => [n, ngram, count, references, documents]);
    expect(brief).toEqual([
      [1, "a", 1, 1, 4],
      [1, "dog", 2, 2, 2],
      [2, "a dog", 1, 1, 2],
      [2, "dog dog", 1, 0, 0],
      [3, "a dog dog", 1, 0, 0],
    ]);
  });

  test("weights, shares and contributions", () => {
    const { score, rows } = explainCider("a dog", ["a dog"], { documentFrequency });
    const [a, dog, both] = rows;
    expect(a).toMatchObject({ weight: 0, share: 0, contribution: 0 });
    expect(dog).toMatchObject({ weight: Math.LN2, share: 1, contribution: expect.closeTo(2.5, 12) });
    expect(both).toMatchObject({ weight: Math.LN2, share: 1, contribution: expect.closeTo(2.5, 12) });
    expect(score).toBeCloseTo(5, 12);
  });

  test("CIDEr-D takes off for length, and clips", () => {
    const explain = (variant: CiderVariant) => explainCider("dog dog", ["dog"], { documentFrequency, variant }).rows[0];
    // The cosine of two vectors of one n-gram is 1; clipped, the caption's weight counts once of twice.
    expect(explain("CIDEr")!.contribution).toBeCloseTo(2.5, 12);
    expect(explain("CIDEr-D")!.contribution).toBeCloseTo((2.5 / 2) * Math.exp(-1 / 72), 12);
  });

  test("an empty caption has no rows, one without a table is refused", () => {
    expect(explainCider("", ["a dog"], { documentFrequency })).toEqual({ score: 0, rows: [] });
    // @ts-expect-error: programs without types
    expect(() => explainCider("a dog", ["a dog"], {})).toThrow(/documentFrequencies\(/);
  });
});
