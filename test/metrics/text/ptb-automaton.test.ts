import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Automaton } from "../../../metrics/text/ptb/automaton.js";
import { complement, partition, unite } from "../../../metrics/text/ptb/char-set.js";
import { fixedLength, parsePattern } from "../../../metrics/text/ptb/pattern.js";

/** Where the matches of a whole text end, and by which pattern. */
function scan(patterns: string[], text: string): [rule: number, end: number][] {
  const automaton = new Automaton(patterns.map((pattern) => parsePattern(pattern, {})));
  const found: [number, number][] = [];
  const match = { rule: -1, end: 0, reach: 0 };
  for (let at = 0; at < text.length; at = match.rule < 0 ? at + 1 : match.end) {
    automaton.match(text, at, match);
    found.push([match.rule, match.end]);
  }
  return found;
}

/** The same by trying every stretch of the text with JavaScript's regular expressions. */
function scanNaively(patterns: string[], text: string): [rule: number, end: number][] {
  const whole = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`));
  const found: [number, number][] = [];
  let at = 0;
  while (at < text.length) {
    let end = text.length;
    let rule = -1;
    for (; end > at && rule < 0; end--) rule = whole.findIndex((pattern) => pattern.test(text.slice(at, end)));
    found.push([rule, rule < 0 ? at : end + 1]);
    at = rule < 0 ? at + 1 : end + 1;
  }
  return found;
}

const anyPattern = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("x", "y", "[xy]", "[^x]", "[x-z]"),
    tie("pattern").map((inner) => `(${inner})`),
  ),
  pattern: fc.oneof(
    { depthSize: "small" },
    tie("atom"),
    fc.tuple(tie("atom"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}")).map(([atom, repeat]) => atom + repeat),
    fc.tuple(tie("atom"), tie("pattern")).map(([first, rest]) => first + rest),
    fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => `${left}|${right}`),
  ),
})).pattern;

describe("Automaton", () => {
  test("finds the longest match and, of equally long ones, the first pattern's", () => {
    expect(scan(["xx", "x+", "x"], "xxyxxx")).toEqual([
      [0, 2],
      [-1, 2],
      [1, 6],
    ]);
  });

  test("agrees with trying every stretch", () => {
    const text = fc.string({ unit: fc.constantFrom("x", "y", "z"), maxLength: 14 });
    fc.assert(
      fc.property(fc.array(anyPattern, { minLength: 1, maxLength: 4 }), text, (patterns, sample) => {
        expect(scan(patterns, sample)).toEqual(scanNaively(patterns, sample));
      }),
    );
  });

  test.each([
    [["x", "x*y"], `${"x".repeat(700)}`],
    [["x", "x*y"], `${"x".repeat(700)}y${"x".repeat(300)}`],
    [["xx", "(xx)*y", "x[xz]*zy"], `${"xxz".repeat(250)}y${"x".repeat(400)}`],
  ])("agrees with it where scans run far past their match: %j", (patterns, text) => {
    expect(scan(patterns, text)).toEqual(scanNaively(patterns, text));
  });

  test("ends where every scan runs to the end of the text", () => {
    // in time proportional to the length; in time proportional to its square the test would time out
    expect(scan(["x", "x*y"], "x".repeat(300_000))).toHaveLength(300_000);
  });
});

describe("parsePattern", () => {
  test("letters match both cases, classes one, and names stand for their definitions", () => {
    const definitions = { VOWEL: "[aeiou]", DIGIT: [[0x30, 0x39]] as const };
    const automaton = new Automaton([parsePattern("b{VOWEL}{DIGIT}{2}", definitions)]);
    const match = { rule: -1, end: 0, reach: 0 };
    const ruleOf = (text: string): number => {
      automaton.match(text, 0, match);
      return match.rule;
    };
    expect(["ba12", "Be12", "bA12", "ba1"].map(ruleOf)).toEqual([0, 0, -1, -1]);
  });

  test.each(["(a", "a)", "[a", "{NAME", "{NAME}", "\\"])("refuses %s", (pattern) => {
    expect(() => parsePattern(pattern, {})).toThrow(`pattern ${pattern}: `);
  });

  test.each([
    ["abc", 3],
    ["a|bc", undefined],
    ["ab|bc", 2],
    ["a{3}b", 4],
    ["a?", undefined],
    ["", 0],
  ])("%s has the fixed length %s", (pattern, length) => {
    expect(fixedLength(parsePattern(pattern, {}))).toBe(length);
  });
});

describe("character sets", () => {
  const anySet = fc
    .array(fc.tuple(fc.nat(300), fc.nat(20)), { maxLength: 6 })
    .map((ranges) => unite(ranges.map(([first, size]) => [first, first + size] as const)));

  test("the complement of the complement is the set", () => {
    fc.assert(
      fc.property(anySet, (set) => {
        expect(complement(complement(set))).toEqual(set);
      }),
    );
  });

  test("a partition keeps two characters apart exactly when a set does", () => {
    fc.assert(
      fc.property(fc.array(anySet, { maxLength: 4 }), fc.nat(330), fc.nat(330), (sets, a, b) => {
        const { classOf } = partition(sets);
        const holds = (unit: number) => sets.map((set) => set.some(([first, last]) => first <= unit && unit <= last));
        expect(classOf[a] === classOf[b]).toBe(holds(a).join() === holds(b).join());
      }),
    );
  });
});
