import { splitWords } from "./white-space.js";

/**
 * Pairs of pattern and replacement, applied in order, as sacreBLEU's tokenizer `13a` (mteval-v13a) does. It pads spaces
 * too, which changes nothing in the end.
 */
const RULES_13A: readonly (readonly [RegExp, string])[] = [
  [/[{-~[-`!-&(-+:-@/]/g, " $& "],
  [/([^0-9])([.,])/g, "$1 $2 "],
  [/([.,])([^0-9])/g, " $1 $2"],
  [/([0-9])(-)/g, "$1 $2 "],
];

/** sacreBLEU's `intl` (mteval-v14): any Unicode punctuation between non-digits, any symbol. */
const RULES_INTERNATIONAL: readonly (readonly [RegExp, string])[] = [
  [/(\P{N})(\p{P})/gu, "$1 $2 "],
  [/(\p{P})(\P{N})/gu, " $1 $2"],
  [/\p{S}/gu, " $& "],
];

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

/**
 * The tokens of a line by sacreBLEU's default tokenizer `13a`.
 *
 * @example tokenize13a("Hello, world.") // ["Hello", ",", "world", "."]
 */
export function tokenize13a(line: string): string[] {
  let text = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  if (text.includes("&")) text = ENTITIES.reduce((t, [entity, character]) => t.replaceAll(entity, character), text);
  return splitWords(applyRules(` ${text} `, RULES_13A));
}

/** The tokens of a line by sacreBLEU's tokenizer `intl`. */
export function tokenizeInternational(line: string): string[] {
  return splitWords(applyRules(line, RULES_INTERNATIONAL));
}

function applyRules(line: string, rules: readonly (readonly [RegExp, string])[]): string {
  return rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
