import { collectTokens, type Scan } from "./scan.js";
import { isWhiteSpace, splitWords } from "./white-space.js";

/** sacreBLEU's `intl` (mteval-v14): any Unicode punctuation between non-digits, any symbol. */
const RULES_INTERNATIONAL: readonly (readonly [RegExp, string])[] = [
  [/(\P{N})(\p{P})/gu, "$1 $2 "],
  [/(\p{P})(\P{N})/gu, " $1 $2"],
  [/\p{S}/gu, " $& "],
];

const NEEDS_CLEANING = /[&<\n]/;
const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

/** What a character does to the token it stands in; all beyond ASCII that is no white space is part of a word. */
const WORD = 0;
const MARK = 1;
const POINT = 2;
const HYPHEN = 3;
const SPACE = 4;
const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (isWhiteSpace(code)) return SPACE;
  if (character === "-") return HYPHEN;
  if (character === "." || character === ",") return POINT;
  return /[!-/:-@[-`{-~]/.test(character) && character !== "'" ? MARK : WORD;
});

/**
 * The tokens of a line by sacreBLEU's default tokenizer `13a`.
 *
 * @example tokenize13a("Hello, world.") // ["Hello", ",", "world", "."]
 */
export function tokenize13a(line: string): string[] {
  return collectTokens(scan13a, line);
}

/**
 * {@link tokenize13a} without making strings. Marks stand alone; a hyphen does after a digit, a period or comma unless
 * it is between digits.
 *
 * mteval-v13a finds periods and commas by replacing `([^0-9])([.,])`, then `([.,])([^0-9])`. A match consumes both its
 * characters, so of two points in a row the second is not found by the first pattern if the first was, and stays with a
 * digit that follows: `a..5` becomes `a`, `.`, `.5`.
 */
export const scan13a: Scan = (line, emit) => {
  const text = NEEDS_CLEANING.test(line) ? clean(line) : line;
  let start = 0;
  let lastFound = -2;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < KINDS.length ? KINDS[code]! : isWhiteSpace(code) ? SPACE : WORD;
    if (kind === WORD) continue;
    if (kind === HYPHEN && !isDigit(text, at - 1)) continue;
    if (kind === POINT) {
      if (!isDigit(text, at - 1) && lastFound !== at - 1) lastFound = at;
      else if (isDigit(text, at + 1)) continue;
    }
    if (start < at) emit(text, start, at);
    if (kind !== SPACE) emit(text, at, at + 1);
    start = at + 1;
  }
  if (start < text.length) emit(text, start, text.length);
};

/** The tokens of a line by sacreBLEU's tokenizer `intl`. */
export function tokenizeInternational(line: string): string[] {
  return splitWords(
    RULES_INTERNATIONAL.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line),
  );
}

function clean(line: string): string {
  const text = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  return ENTITIES.reduce((cleaned, [entity, character]) => cleaned.replaceAll(entity, character), text);
}

/** Before the text and after it there is no digit. */
function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}
