import { tokenize13a, tokenizeInternational } from "@simvlm/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { splitWords } from "../../../metrics/text/white-space.js";

test.each([
  ["", []],
  ["   ", []],
  ["Hello, world.", ["Hello", ",", "world", "."]],
  ["Ein Hund läuft", ["Ein", "Hund", "läuft"]],
  ["a &quot;b&quot; &amp; &lt;c&gt;", ["a", '"', "b", '"', "&", "<", "c", ">"]],
  ["&amp;lt;", ["<"]], // decoded in turn, so twice
  ["&apos;", ["&", "apos", ";"]],
  ["well-known fact", ["well-known", "fact"]],
  ["a 5-year plan", ["a", "5", "-", "year", "plan"]],
  ["2010-2012", ["2010", "-", "2012"]],
  ["over-\nlap", ["overlap"]],
  ["one\ntwo", ["one", "two"]],
  ["1,000.50 euros", ["1,000.50", "euros"]],
  ["in 2010, or 2011.", ["in", "2010", ",", "or", "2011", "."]],
  [".5 and ,5", [".", "5", "and", ",", "5"]],
  ["v1.2b", ["v1.2b"]],
  ["e.g. this", ["e", ".", "g", ".", "this"]],
  ["<skipped>a", ["a"]],
  ["a <skipped> b", ["a", "b"]],
  ["it's the dogs' bowl", ["it's", "the", "dogs'", "bowl"]],
  ["„Hallo“, sagt er …", ["„Hallo“", ",", "sagt", "er", "…"]],
  ["«bon» – oui", ["«bon»", "–", "oui"]],
  ["50% (half)!", ["50", "%", "(", "half", ")", "!"]],
  ["a/b@c#d$e^f_g`h{i}j~k|l\\m", [..."a/b@c#d$e^f_g`h{i}j~k|l\\m"]],
  ["a\u00a0b\u2009c", ["a", "b", "c"]],
  ["a😀.b", ["a😀", ".", "b"]],
  ["a..5", ["a", ".", ".5"]],
  ["1..5", ["1", ".", ".", "5"]],
  ["...5", [".", ".", ".", "5"]],
])("13a: %j", (line, tokens) => {
  expect(tokenize13a(line)).toEqual(tokens);
});

test.each([
  ["Hello, world.", ["Hello", ",", "world", "."]],
  ["„Hallo“, sagt er …", ["„", "Hallo", "“", ",", "sagt", "er", "…"]],
  ["1,000.50 €5", ["1,000.50", "€", "5"]],
  ["it's", ["it", "'", "s"]],
  ["😀ok", ["😀", "ok"]],
])("intl: %j", (line, tokens) => {
  expect(tokenizeInternational(line)).toEqual(tokens);
});

/** mteval-v13a as it stands: patterns replaced one after the other. */
function replace13a(line: string): string[] {
  const cleaned = line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  const spaced = ` ${cleaned} `
    .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
    .replace(/([^0-9])([.,])/g, "$1 $2 ")
    .replace(/([.,])([^0-9])/g, " $1 $2")
    .replace(/([0-9])(-)/g, "$1 $2 ");
  return splitWords(spaced);
}

const piece = fc.oneof(
  fc.constantFrom(
    ..."0 5 a Z . , - ' / & < > ; ! ~ _".split(" "),
    " ",
    "\n",
    "\t",
    "\x1c",
    "\u00a0",
    "ä",
    "😀",
    "\ud83d",
  ),
  fc.constantFrom("<skipped>", "-\n", "&quot;", "&amp;", "&lt;", "&gt;", "..", ".,"),
  fc.string({ unit: "binary", maxLength: 2 }),
);

test("13a: what a scan finds is what the patterns find", () => {
  const lines = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(lines, (line) => {
      expect(tokenize13a(line)).toEqual(replace13a(line));
    }),
    { numRuns: 3000 },
  );
});
