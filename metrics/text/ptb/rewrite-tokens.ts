// What is written in the place of some tokens. Every text here is in lower case already.

/** The token of a line break. */
export const NEWLINE_TOKEN = "*NL*";

/** Drops soft hyphens; a soft hyphen alone becomes a hyphen. */
export function rewriteWord(text: string): string {
  return text.replace(/\u00ad/g, "") || "-";
}

/** Puts names in the place of brackets. */
export function nameBrackets(text: string): string {
  return text.replace(/[()[\]{}]/g, (bracket) => BRACKETS[bracket]!);
}

/** Names parentheses, and leaves other brackets as they are. */
export function nameParentheses(text: string): string {
  return text.replace(/[()]/g, (bracket) => BRACKETS[bracket]!);
}

/** Makes spaces no-break ones, so that the token stays one. */
export function joinParts(text: string): string {
  return text.replace(/ /g, "\u00a0");
}

/** Writes each quotation mark as LaTeX does, also in the ending of a contraction. */
export function rewriteQuotes(text: string): string {
  return text.replace("&apos;", "'").replace(/[^\0-\x7f]/g, (quote) => QUOTES[quote]!);
}

/** Writes a sign in ASCII. */
export function rewriteSign(text: string): string {
  return SIGNS[text]!;
}

/** Resolves an entity such as `&amp;`; a no-break space is no token. */
export function resolveEntity(text: string): string {
  return ENTITIES[text]!;
}

/** Resolves `&amp;` inside a token. */
export function resolveAmpersands(text: string): string {
  return text.replaceAll("&amp;", "&");
}

const BRACKETS: Readonly<Record<string, string>> = {
  "(": "-lrb-",
  ")": "-rrb-",
  "[": "-lsb-",
  "]": "-rsb-",
  "{": "-lcb-",
  "}": "-rcb-",
};

const QUOTES: Readonly<Record<string, string>> = {
  "\u0091": "`",
  "\u2018": "`",
  "\u201b": "`",
  "\u2039": "`",
  "\u0092": "'",
  "\u2019": "'",
  "\u203a": "'",
  "\u0093": "``",
  "\u00ab": "``",
  "\u201c": "``",
  "\u0094": "''",
  "\u00bb": "''",
  "\u201d": "''",
  // LaTeX has none for these, but they make a pair with any other.
  "\u201a": "\u201a",
  "\u201e": "\u201e",
  "\u201f": "\u201f",
};

const SIGNS: Readonly<Record<string, string>> = {
  "\u0080": "$",
  "\u00a4": "$",
  "\u20a0": "$",
  "\u20ac": "$",
  "\u00a2": "cents",
  "\u00a3": "#",
  "\u00bc": "1/4",
  "\u00bd": "1/2",
  "\u00be": "3/4",
  "\u2153": "1/3",
  "\u2154": "2/3",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&apos;": "'",
  "&mdash;": "--",
  "&ndash;": "--",
  "&md;": "--",
  "&nbsp;": "",
};

/** The characters of QUOTES, SIGNS: what the rules look for. */
export const TYPOGRAPHIC_QUOTES = Object.keys(QUOTES).join("");
export const SIGNS_TO_REWRITE = Object.keys(SIGNS).join("");
