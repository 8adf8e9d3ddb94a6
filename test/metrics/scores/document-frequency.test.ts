import { cider, type DocumentFrequencyTable, documentFrequencies } from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryImages, hypothesesOf, referencesOf, SEEDED } from "../generators.js";

const TOKENISED = { tokenizer: "none" } as const;
const asJson = (table: DocumentFrequencyTable) => JSON.parse(JSON.stringify(table)) as DocumentFrequencyTable;

test("a table counts images, not references or repetitions, and joins words by a space", () => {
  const { documents, ngrams } = documentFrequencies([["a b", "a a b"], ["a\u00a0b"], [""]], TOKENISED);
  expect(documents).toBe(3);
  expect({ ...ngrams }).toEqual({ a: 2, b: 2, "a b": 2, "a a": 1, "a a b": 1 });
});

test("words that are names of object members are words", () => {
  const references = [["constructor __proto__", "toString"], ["__proto__ hasOwnProperty"], ["valueOf"]];
  const hypotheses = ["constructor __proto__", "toString __proto__", "constructor isPrototypeOf"];
  const table = documentFrequencies(references, TOKENISED);
  expect(Object.entries(table.ngrams)).toEqual(
    expect.arrayContaining([
      ["__proto__", 2],
      ["constructor", 1],
      ["constructor __proto__", 1],
    ]),
  );
  const expected = cider(hypotheses, references, TOKENISED).perExample.CIDEr;
  for (const documentFrequency of [table, asJson(table)]) {
    expect(cider(hypotheses, references, { ...TOKENISED, documentFrequency }).perExample.CIDEr).toEqual(expected);
  }
  expect(expected[0]).toBeGreaterThan(1);
});

describe.each(["CIDEr-D", "CIDEr"] as const)("%s with a table that was exported and read again", (variant) => {
  test("scores the corpus, and every image by itself, as without", () => {
    fc.assert(
      fc.property(arbitraryImages({ minLength: 2, maxLength: 12 }), (images) => {
        const [hypotheses, references] = [hypothesesOf(images), referencesOf(images)];
        const expected = cider(hypotheses, references, { ...TOKENISED, variant });
        const documentFrequency = asJson(documentFrequencies(references, TOKENISED));
        const options = { ...TOKENISED, variant, documentFrequency };
        expect(cider(hypotheses, references, options).perExample.CIDEr).toEqual(expected.perExample.CIDEr);
        const alone = images.map((image) => cider([image.hypothesis], [image.references], options).scores.CIDEr);
        expect(alone).toEqual([...expected.perExample.CIDEr]);
      }),
      SEEDED,
    );
  });
});

test("the signature tells a table from the references' own counts", () => {
  const documentFrequency = { documents: 40504, ngrams: {} };
  const named = { ...TOKENISED, documentFrequency, documentFrequencyName: "coco-val2014" };
  expect(cider(["a"], [["a"]], { ...TOKENISED, documentFrequency }).signature).toContain("|df:table|documents:40504|");
  expect(cider(["a"], [["a"]], named).signature).toContain("|df:coco-val2014|documents:40504|");
});

test("an n-gram the table lacks counts as in one image", () => {
  const rare = { documents: 100, ngrams: { a: 1, b: 1, "a b": 1 } };
  const score = (documentFrequency: DocumentFrequencyTable) =>
    cider(["a b"], [["a b c"]], { ...TOKENISED, documentFrequency }).scores.CIDEr;
  expect(score({ documents: 100, ngrams: {} })).toBe(score(rare));
  expect(score({ documents: 100, ngrams: { a: 50 } })).not.toBe(score(rare));
});

test.each([
  ["no documents", { documents: 0, ngrams: {} }],
  ["documents that are no number", { documents: NaN, ngrams: {} }],
  ["a fraction of documents", { documents: 2.5, ngrams: {} }],
  ["a negative count", { documents: 10, ngrams: { a: -1 } }],
  ["a count above the documents", { documents: 10, ngrams: { a: 11 } }],
  ["a fraction of a count", { documents: 10, ngrams: { a: 1.5 } }],
  ["a count that is no number", { documents: 10, ngrams: { a: "many" as unknown as number } }],
])("a table with %s is refused", (_, documentFrequency) => {
  expect(() => cider(["a"], [["a b"]], { ...TOKENISED, documentFrequency })).toThrow(
    expect.objectContaining({ code: "bad-document-frequency" }),
  );
});
