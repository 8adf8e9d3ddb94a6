import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasLineBreak, ptbLex, ptbTokenize, ptbTokenizeAll } from "../../../metrics/text/ptb.js";

function readFixture<Case>(name: string): Case[] {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/ptb/${name}`, import.meta.url), "utf8"));
}

/** A caption as pycocoevalcap's wrapper returns it. */
const joined = (caption: string) => ptbTokenize(caption).join(" ");

const DROPPED = [
  "''",
  "'",
  "``",
  "`",
  "-LRB-",
  "-RRB-",
  "-LCB-",
  "-RCB-",
  ".",
  "?",
  "!",
  ",",
  ":",
  "-",
  "--",
  "...",
  ";",
];

/** Pieces of text that rules look for, glued together in every way. */
const fragments = fc.constantFrom(
  ..."a|B|of|the|it|1|23|0.5|1/2|'|’|\"|“|``|-|--|.|...|,|:|;|!?|(|]|{|/|&|&amp;|@|#|$|€|%|*|_|=|<|<b>|>|\\|~".split(
    "|",
  ),
  ..."n't|'s|'ll|cannot|gonna|'tis|o'clock|y'|St.|Inc.|U.S.|etc.|No.|The|http://a.b|www.a.com|x@y.z|:)|=(|c++".split(
    "|",
  ),
  ..."é|e\u0301|Σ|İ|中|١|\u00ad|\u2010|\u2026|½|\u00a0|\u3000|\u200b|🐶|\ud83d|\0|\x7f|\n|\r|\u2028|\v|\t| |  ".split(
    "|",
  ),
);
const anyText = fc.oneof(
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

describe("ptbLex", () => {
  test.each(readFixture<{ in: string; tokens: string[] }>("lexer.json"))("$in", ({ in: text, tokens }) => {
    expect(ptbLex(text)).toEqual(tokens);
  });

  test("keeps plain lower-case words as they are, whatever their order", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/).filter((w) => !/^(cannot|gonna|gotta|lemme|gimme|wanna)$/.test(w));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(ptbLex(words.join(" "))).toEqual(words);
      }),
    );
  });

  test("gives no empty token, none with a space and none in upper case but the line break", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const token of ptbLex(text)) {
          expect(token).toMatch(/^[^ ]+$/);
          if (token !== "*NL*") expect(token.toLowerCase().replaceAll("ς", "σ")).toBe(token.replaceAll("ς", "σ"));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("looks at no more than one line and what starts the next: words far apart do not meddle", () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const apart = `${left} \n and then \n ${right}`;
        const middle = ptbLex(apart).join(" ");
        expect(middle.endsWith(ptbLex(`and then \n ${right}`).join(" "))).toBe(true);
      }),
    );
  });

  test.each(
    [..."<('\"&@#.-/_=:\u00ad\u03a3\0"].concat([
      "a@",
      "<a ",
      "a.",
      "a-",
      "1/",
      "http://",
      "www.",
      "a@b.",
      "'s",
      "n't",
      "U.S. ",
      "&am",
      "=a",
      "?!",
      "\ud83d",
      "🐶",
      "a'a",
      "1:",
      "A&",
      "\n",
      "é.",
      "x.com",
    ]),
  )("ends on 100,000 characters of %j repeated", (fragment) => {
    // time in proportion to the length is some hundredths of a second, to its square minutes: the test would time out
    const text = fragment.repeat(Math.ceil(100_000 / fragment.length));
    expect(ptbLex(text).join("").length).toBeLessThanOrEqual(5 * text.length);
  });
});

describe("ptbTokenize", () => {
  test.each(readFixture<{ in: string; out: string }>("captions.json"))("$in", ({ in: caption, out }) => {
    expect(joined(caption)).toBe(out);
  });

  test("joins the tokens, none of which is dropped punctuation or holds a space", () => {
    fc.assert(
      fc.property(anyText, (caption) => {
        const tokens = ptbTokenize(caption);
        for (const token of tokens) expect(DROPPED.includes(token) || token === "" || token.includes(" ")).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("is the lexer's tokens without the dropped ones, when the caption ends in a letter", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const caption = `${text.replace(/[\n\r\v\f\u2028\u2029]/g, " ")} end`;
        expect(ptbTokenize(caption)).toEqual(ptbLex(caption).filter((token) => !DROPPED.includes(token)));
      }),
    );
  });

  test("reads line breaks inside a caption as white space", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(..."\n\r\v\f\u2028\u2029", "\r\n"), anyText, (left, lineBreak, right) => {
        const spaces = " ".repeat(lineBreak.length);
        expect(joined(left + lineBreak + right)).toBe(joined(left + spaces + right));
      }),
    );
  });

  test("changes nothing the second time in a caption of words and sentence punctuation", () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,9}('s|n't|-[a-z]{1,5})?$/);
    const caption = fc.array(fc.tuple(word, fc.constantFrom("", "", "", ",", ";", ":", "!", "?", " -", " ...")));
    fc.assert(
      fc.property(caption, (words) => {
        const once = joined(words.map((pair) => pair.join("")).join(" "));
        expect(joined(once)).toBe(once);
      }),
    );
  });
});

test("hasLineBreak finds what makes a caption two lines, and only that", () => {
  const broken = ["a\rb", "a\r\nb", "a\vb", "a\fb", "a\u2028b", "a\u2029"];
  expect(broken.filter(hasLineBreak)).toEqual(broken);
  expect(["a\nb", "a b", "a\tb", "a\u0085b", ""].filter(hasLineBreak)).toEqual([]);
});

describe("ptbTokenizeAll", () => {
  // As the reference gives them, each before a caption that starts small.
  test.each([
    ["a (^_^) (>.<) (^^) ('-`) ^.^ b", "a -lrb-^_^-rrb- -lrb->.<-rrb- -lrb-^^-rrb- -lrb-'-`-rrb- ^ ^ b"],
    ["„a“ ‚a‘ „“ ‘„ ‚‚‚ “a„”", "„ a ‚ a „`` `„ ‚‚ ‚ a „''"],
    ["\\*\\* \\*\\*\\*\\*", "\\*\\* \\*\\*\\* \\*"],
    ["a PTY. LTD. and PTE. Limited b", "a pty. ltd. and pte. limited b"],
    ["it&apos;s it&APOS;s don&APOS;t &APOS;Til", "it 's it &apos;s do n&apos;t &apos;til"],
    ["AT&amp;T and R&amp;D. S&amp;P-500, Q&amp;A., r&amp;d", "at&t and r&d s&p-500 q&a. r & d"],
    ["o'o &ql; &md; &odq; &qx;", "o'o &ql; &odq; & qx"],
    ["see http://x.com/a?b=c\u00a0", "see http://x.com/a?b=c"],
    ["see http://x.com/a?b=c\u00a0.", "see http://x.com/a?b=c\u00a0"],
  ])("%s", (caption, tokens) => {
    expect(ptbTokenizeAll([caption, "x"])[0]!.join(" ")).toBe(tokens);
  });

  const joinedAll = (captions: readonly string[]) => ptbTokenizeAll(captions).map((tokens) => tokens.join(" "));

  test.each(readFixture<{ captions: string[]; out: string[] }>("lists.json"))("$captions", ({ captions, out }) => {
    expect(joinedAll(captions)).toEqual(out);
  });

  test("sees what follows over any number of captions and blank lines", () => {
    const list = Array.from({ length: 9_000 }, (_, i) => (i % 3 === 0 ? "by gate S." : i % 3 === 1 ? " " : "The cat"));
    const blank = [...list.slice(0, 4_096), ...new Array<string>(5_000).fill(""), "The end"];
    expect(new Set(joinedAll(list))).toEqual(new Set(["by gate s", "", "the cat"]));
    expect(joinedAll(blank).slice(4_092, 4_096)).toEqual(["by gate s", "", "the cat", "by gate s"]);
    expect(joinedAll(["by gate S.", ...new Array<string>(5_000).fill("")])[0]).toBe("by gate s.");
  });

  test("a caption whose neighbours start small is as it would be in any list", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (captions) => {
        const spaced = captions.map((caption) => `${caption} end`);
        expect(joinedAll([...spaced, "x"])).toEqual([...spaced.map((caption) => joinedAll([caption, "x"])[0]!), "x"]);
      }),
    );
  });
});
