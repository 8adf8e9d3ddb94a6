import { prepareCaptions, scoreCider } from "@simvlm/metrics";
import { expect, test } from "vitest";

const tokensOf = ({ vocabulary, references }: ReturnType<typeof prepareCaptions>) =>
  Array.from(references.ids, (id) => vocabulary[id]);

test("several systems' captions against the same references score as each does alone", () => {
  const references = [["A dog runs.", "a brown dog"], ["two cats"], ["no one is here"]];
  const systems = [
    ["a dog", "cats", "here"],
    ["a zebra runs", "two brown cats", "unheard words"],
  ];
  const beside = systems.map((captions) => scoreCider(prepareCaptions(captions, references)).perExample.CIDEr);
  const alone = systems.map((captions) => {
    prepareCaptions(["x"], [["something else"]]); // what was tokenised last is then another's
    return scoreCider(prepareCaptions(captions, references)).perExample.CIDEr;
  });
  expect(beside).toEqual(alone);
  const [first, second] = systems.map((captions) => prepareCaptions(captions, references));
  expect(second!.references.ids).toBe(first!.references.ids);
  expect(first!.vocabulary).not.toContain("zebra");
});

test("references that were changed, or are tokenised otherwise, are tokenised again", () => {
  const references = [["A dog", "A cat."]];
  const before = prepareCaptions(["x"], references);
  references[0]![1] = "A bird.";
  expect(tokensOf(prepareCaptions(["x"], references))).toEqual(["a", "dog", "a", "bird"]);
  expect(tokensOf(prepareCaptions(["x"], references, { tokenizer: "none" }))).toEqual(["A", "dog", "A", "bird."]);
  expect(tokensOf(before)).toEqual(["a", "dog", "a", "cat"]);
});
