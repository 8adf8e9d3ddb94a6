import fc from "fast-check";
import { expect, test } from "vitest";
import { hasWhiteSpace, splitWords, trim, trimEnd } from "../../../metrics/text/white-space.js";
import { readFixture } from "../fixture.js";
import { codeUnit, SEEDED } from "../generators.js";

const golden = readFixture<[text: string, split: string[], strip: string, rstrip: string][]>("white-space.json");

test.each(golden)("%j: the words and the ends are Python's", (text, split, strip, rstrip) => {
  expect(splitWords(text)).toEqual(split);
  expect(trim(text)).toBe(strip);
  expect(trimEnd(text)).toBe(rstrip);
  expect(hasWhiteSpace(text)).toBe(split.join("") !== text);
});

test("words hold no white space and all that is none", () => {
  const space = fc.constantFrom(" ", "\t", "\x85", "\u3000", "\ufeff");
  const text = fc.array(fc.oneof(space, codeUnit)).map((units) => units.join(""));
  fc.assert(
    fc.property(text, (line) => {
      const words = splitWords(line);
      expect(words.some((word) => word === "" || hasWhiteSpace(word))).toBe(false);
      expect(words.join("")).toBe(
        line
          .split("")
          .filter((character) => !hasWhiteSpace(character))
          .join(""),
      );
      expect(splitWords(words.join(" "))).toEqual(words);
      expect(trim(line)).toBe(trim(trimEnd(line)));
    }),
    SEEDED,
  );
});
