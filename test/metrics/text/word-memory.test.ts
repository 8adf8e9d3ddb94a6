import fc from "fast-check";
import { expect, test } from "vitest";
import { definitions } from "../../../metrics/text/ptb/definitions.js";
import { Lexer } from "../../../metrics/text/ptb/lexer.js";
import { rules } from "../../../metrics/text/ptb/rules.js";
import { ptbTokenizeAll } from "../../../metrics/text/ptb.js";

test("a word that was read before is read anew where what follows it matters", () => {
  const lines = ["by A. S.", "The dog", "by A. S.", "a dog", "by A. S.", "The dog", "no.", "3 dogs", "no.", "dogs"];
  const ends = ptbTokenizeAll(lines).map((tokens) => tokens.at(-1));
  expect(ends).toEqual(["s", "dog", "s.", "dog", "s", "dog", "no.", "dogs", "no", "dogs"]);
});

/** Pieces that end a word or a line in their own ways, and others. */
const piece = fc.constantFrom(
  ..."a|The|St.|S.|U.S.|no.|No|3|0.5|1/2|can|cannot|don't|n't|'s|'|\"|``|-|--|...|.|,|!|(|)|:|&amp;|http://a.b|:)|\t|\u00a0|é|Σ|中|½".split(
    "|",
  ),
);
const DROPPED = /^(''|'|``|`|[.?!,:;-]|--|\.\.\.)$/;
const caption = fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 8 });

test("captions are read as if none of their words had been read before", () => {
  const lexer = new Lexer(rules, definitions);
  fc.assert(
    fc.property(fc.array(caption, { minLength: 1, maxLength: 12 }), (captions) => {
      const lines = captions.map((parts) => parts.map(([text, isLast]) => (isLast ? `${text} ` : text)).join(""));
      const text = [...lines.map((line) => `${line}x`), "end"].join("\n"); // no line ends in white space, which is trimmed
      const plain: string[][] = [[]];
      lexer.scan(text, (source, start, end) => {
        const token = source.slice(start, end);
        if (token === "*NL*") plain.push([]);
        else if (!DROPPED.test(token)) plain.at(-1)!.push(token);
      });
      expect(ptbTokenizeAll(text.split("\n"))).toEqual(plain);
    }),
    { numRuns: 500, seed: 1 },
  );
});
