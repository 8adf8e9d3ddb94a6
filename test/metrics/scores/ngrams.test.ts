import { type Corpus, type NgramsOfOrder, numberNgrams, prepareCaptions, scoreBleu } from "@simvlm/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryImages, hypothesesOf, referencesOf, SEEDED } from "../generators.js";

interface Occurrence {
  example: number;
  text: string;
  number: number;
}

/** Every n-gram of the corpus where it stands. */
function listOccurrences(corpus: Corpus, grams: NgramsOfOrder): Occurrence[] {
  const exampleOfReference = (line: number) => corpus.referenceOffsets.findIndex((offset) => offset > line) - 1;
  return (["hypotheses", "references"] as const).flatMap((side) => {
    const { ids, offsets } = corpus[side];
    return Array.from({ length: offsets.length - 1 }, (_, line) => line).flatMap((line) => {
      const [start, end] = [offsets[line]!, offsets[line + 1]! - grams.order + 1];
      return Array.from({ length: Math.max(0, end - start) }, (_, k) => ({
        example: side === "hypotheses" ? line : exampleOfReference(line),
        text: Array.from(ids.slice(start + k, start + k + grams.order), (id) => corpus.vocabulary[id]).join(" "),
        number: grams[side][start + k]!,
      }));
    });
  });
}

/** Whether equal keys have equal values and different keys different ones. */
function isOneToOne(pairs: readonly (readonly [string, string])[]): boolean {
  const forth = new Map(pairs);
  const back = new Map(pairs.map(([key, value]) => [value, key]));
  return pairs.every(([key, value]) => forth.get(key) === value && back.get(value) === key);
}

test.each([
  ["corpus", () => ""],
  ["example", ({ example }: Occurrence) => `${example}:`],
] as const)("in the scope of one %s, equal n-grams and only these have equal numbers", (scope, placeOf) => {
  fc.assert(
    fc.property(arbitraryImages(), (images) => {
      const corpus = prepareCaptions(hypothesesOf(images), referencesOf(images), { tokenizer: "none" });
      for (const grams of numberNgrams(corpus, scope)) {
        const occurrences = listOccurrences(corpus, grams);
        const pairs = occurrences.map((o) => [placeOf(o) + o.text, placeOf(o) + o.number] as const);
        expect(isOneToOne(pairs)).toBe(true);
        expect(occurrences.every(({ number }) => number >= 0 && number < grams.distinct)).toBe(true);
      }
    }),
    SEEDED,
  );
});

test("the table grows: 5,000 distinct bigrams, each image's beginning anew", () => {
  const captions = [0, 1, 2].map((image) =>
    Array.from({ length: 5001 }, (_, i) => `w${(i * (image + 1)) % 5003}`).join(" "),
  );
  const corpus = prepareCaptions(
    captions,
    captions.map((caption) => [caption]),
    { tokenizer: "none" },
  );
  const distinct = (scope: "corpus" | "example") => numberNgrams(corpus, scope).map((grams) => grams.distinct);
  expect(distinct("example").slice(1)).toEqual([5000, 4999, 4998]);
  expect(distinct("corpus").slice(1)).toEqual([15000, 14997, 14994]);
  const bigrams = listOccurrences(corpus, numberNgrams(corpus)[1]!).map(
    ({ text, number }) => [text, `${number}`] as const,
  );
  expect(isOneToOne(bigrams)).toBe(true);
});

test("BLEU is the same with either numbering", () => {
  fc.assert(
    fc.property(arbitraryImages({ maxLength: 12 }), (images) => {
      const corpus = prepareCaptions(hypothesesOf(images), referencesOf(images), { tokenizer: "none" });
      const [own, shared] = [scoreBleu(corpus), scoreBleu(corpus, numberNgrams(corpus, "corpus"))];
      expect(own.statistics).toEqual(shared.statistics);
      expect(own.scores).toEqual(shared.scores);
    }),
    SEEDED,
  );
});
