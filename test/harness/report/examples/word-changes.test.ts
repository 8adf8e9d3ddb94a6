import { expect, test } from "vitest";
import { compareWords } from "../../../../harness/report/browser/examples/word-changes.js";

const show = (from: string, to: string) =>
  compareWords(from, to)
    .map(({ kind, text }) => ({ same: text, added: `+${text}`, removed: `-${text}` })[kind])
    .join(" | ");

test.each([
  ["a red dog in the snow", "a big dog in snow", "a | -red | +big | dog in | -the | snow"],
  ["A red dog.", "a red dog", "a red dog"],
  ["", "two cats", "+two cats"],
  ["two cats", " ", "-two cats"],
  ["ein Hund — läuft", "ein Hund läuft", "ein Hund | -— | läuft"],
  ["same words", "same  words", "same words"],
])("%j beside %j", (from, to, changes) => {
  expect(show(from, to)).toBe(changes);
});

test("long texts are told apart as wholes, in no time", () => {
  const [one, other] = ["a ".repeat(5000), "b ".repeat(5000)];
  expect(compareWords(one, other).map(({ kind }) => kind)).toEqual(["removed", "added"]);
});
