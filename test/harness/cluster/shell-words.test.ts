import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comment, formatRanges, quoteWord, quoteWords } from "../../../harness/cluster/shell-words.js";

const WORDS = [
  "",
  "plain-1.0/a=b,c:%d@+",
  "two words",
  "it's",
  'a "b" $HOME `id` \\ !',
  "line\nfeed\ttab\rreturn",
  "~/x",
  "*.?[a]{1..3}",
  "$(touch x)",
  "-n",
  "ünï ćø 漢字 ’ “quoted”",
  "\u0001\u001b[31m\u200e7",
  "a\\nb'c\n",
];

/** The words as a shell reads them. */
function readBack(line: string): string[] {
  const script = `set -- ${line}\nfor word in "$@"; do printf '%s\\0' "$word"; done`;
  return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.split("\0").slice(0, -1);
}

describe("words for a shell", () => {
  test("are read as they were", () => {
    expect(readBack(quoteWords(WORDS))).toEqual(WORDS);
  });

  test("whatever is in them", () => {
    const word = fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        expect(readBack(quoteWords(words))).toEqual(words);
      }),
      { numRuns: 25 },
    );
  });

  test("stay readable where they can", () => {
    expect(WORDS.slice(1, 4).map(quoteWord)).toEqual(["plain-1.0/a=b,c:%d@+", '"two words"', '"it\'s"']);
  });
});

test("a comment has one line", () => {
  expect(comment("a\nrm -rf /\u2028b\u001b")).toBe("a rm -rf / b ");
});

test.each([
  [[1, 2, 3, 7], "1-3,7"],
  [[4], "4"],
  [[1, 3, 5, 6], "1,3,5-6"],
])("%j is %s", (numbers, text) => expect(formatRanges(numbers)).toBe(text));
