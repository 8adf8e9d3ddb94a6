import { normalizeAnswer } from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanAnswer, normalizeWords, removePunctuation } from "../../../metrics/text/answer.js";
import { CONTRACTIONS } from "../../../metrics/text/contractions.js";
import { codeUnit, SEEDED } from "../generators.js";

const PERIODS = ". ".repeat(33).trim();

test.each([
  ["", ""],
  ["Yes", "yes"],
  ["The two dogs, dont they?", "2 dogs don't they"],
  ["a an the", ""],
  ["none", "0"],
  ["zero one ten eleven", "0 1 10 eleven"],
  ["someone", "someone"],
  ["The A-Team", "team"],
  ["wont", "won't"],
  ["shouldntve", "shouldntve"],
  ["shouldnt've", "shouldn't've"],
  ["shouldn'tve", "shouldn't've"],
  ["Im", "im"],
  ["Id've", "id've"],
  ["lets", "lets"],
  ["let's", "let's"],
  ["somebody'd", "somebodyd"],
  ["ow's'at", "'ow's'at"],
  ["black/white", "black white"],
  ["black / white", "black white"],
  ["black/ white/gray", "black whitegray"],
  ["red-and-blue", "red and blue"],
  ["red -and-blue", "red andblue"],
  ["1,000", "1000"],
  ["1,000/day", "1000day"],
  ["1 000 /day", "1 000 day"],
  ["10:30", "10:30"],
  ["it's 5.5 ft.", "it's 5.5 ft"],
  ["e.g. this", "eg this"],
  ["3.one", "3one"],
  [".5", ".5"],
  ["..5", ".5"],
  ["st. john's", "st john's"],
  ["what?!", "what"],
  ["(maybe)", "maybe"],
  ['"stop"', "stop"],
  ["a_b@c`d", "b c d"],
  ["tab\there", "tab here"],
  ["Ünten\u00a0Oben", "ünten oben"],
  ["constructor __proto__", "constructor proto"],
])("normalizeAnswer(%j) is %j", (answer, normalized) => {
  expect(normalizeAnswer(answer)).toBe(normalized);
});

test("only the first 32 periods go", () => {
  expect(removePunctuation("x.".repeat(33))).toBe(`${"x".repeat(33)}.`);
  expect(normalizeAnswer(PERIODS)).toBe(".");
  expect(normalizeAnswer(normalizeAnswer(PERIODS))).toBe("");
});

test("the two halves make the whole", () => {
  expect(removePunctuation("The, dont")).toBe("The dont");
  expect(normalizeWords("The, dont")).toBe("the, don't");
});

test("cleaning takes away line breaks, tabs and the white space at the ends", () => {
  expect(cleanAnswer("\n a\tb\nc \u3000")).toBe("a b c");
});

describe("the table of contractions", () => {
  test("has the official table's 120 keys and leads nowhere twice", () => {
    expect(CONTRACTIONS.size).toBe(120);
    const chained = [...CONTRACTIONS].filter(([, value]) => (CONTRACTIONS.get(value) ?? value) !== value);
    expect(chained).toEqual([]);
  });

  test("every lower-case key is restored, every other stays", () => {
    for (const [key, value] of CONTRACTIONS) {
      expect(normalizeAnswer(key)).toBe(key === key.toLowerCase() ? value : key.toLowerCase());
    }
  });
});

test("normalising twice is normalising once, up to 32 periods", () => {
  const pieces = fc.constantFrom(
    ..."a an the none two dont she's somebody'd . , .. - / ? 1 5 1,000 ' \" İ Σ ß \u2028 \x85".split(" "),
    " ",
    "  ",
    "\t",
  );
  const unit = fc.oneof({ weight: 3, arbitrary: pieces }, codeUnit);
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 16 }), (parts) => {
      const once = normalizeAnswer(parts.join(""));
      expect(normalizeAnswer(once)).toBe(once);
    }),
    { ...SEEDED, numRuns: 2000 },
  );
});
