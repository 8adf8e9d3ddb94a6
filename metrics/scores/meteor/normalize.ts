// METEOR's way of writing a text before it is compared: its rules were found by running METEOR 1.5.

/** The letters that METEOR knows: Latin and Cyrillic ones. */
const LETTER =
  "A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u017e\\u0400-\\u0527\\u1d00-\\u1d7f\\ua640-\\ua66e\\ua67e-\\ua697";
const SPACES = /[ \t\f\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;

const rule = (pattern: string, replacement: string) =>
  [new RegExp(pattern.replaceAll("L", LETTER), "g"), replacement] as const;

/** In a pattern L is a letter. */
const STEPS = [
  [SPACES, " "],
  rule("[\u2018\u2019`]", "'"),
  rule("''", '"'),
  rule("[\u201c\u201d]", '"'),

  // What is no letter, digit or one of .',- stands alone; a character beyond the first plane is one.
  rule("([\ud800-\udbff][\udc00-\udfff]|[^L0-9 \v.',-])", " $1 "),
  rule("\u2013", "-"),
  rule("--", "-"),
  rule("(\\.{2,})", " $1 "),
  rule("([L0-9.])-([L0-9])", "$1 $2"),
  rule("([^0-9]),([^0-9])", "$1 , $2"),
  rule("([0-9]),([^0-9])", "$1 , $2"),
  rule("([^0-9]),([0-9])", "$1 , $2"),
  // An apostrophe belongs to the letters after it where there are some before it.
  rule("([^L])'([^L])", "$1 ' $2"),
  rule("([^L0-9])'([L])", "$1 ' $2"),
  rule("([L])'([^L])", "$1 ' $2"),
  rule("([L])'([L])", "$1 '$2"),
  rule("([0-9])'s", "$1 's"),
] as const;

/** How METEOR writes a caption: tokens with one space between them, as they were in upper and lower case. */
export function normalizeForMeteor(text: string, prefixes: Prefixes): string {
  const spaced = STEPS.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), ` ${text} `);
  const words = spaced.split(" ").filter((word) => word !== "");
  return words.map((word, i) => dotOf(word, words[i + 1], prefixes)).join(" ");
}

/** Words that keep a dot at their end. */
export interface Prefixes {
  readonly always: ReadonlySet<string>;
  /** Only before a number. */
  readonly beforeNumbers: ReadonlySet<string>;
}

function dotOf(word: string, next: string | undefined, { always, beforeNumbers }: Prefixes): string {
  if (!word.endsWith(".") || /^\.+$/.test(word)) return word;
  const stem = word.slice(0, -1);
  if (stem.includes(".") && /[A-Za-z]/.test(stem)) return word.replaceAll(".", "");
  if (always.has(stem) || /^[a-z]/.test(next ?? "")) return word;
  if (beforeNumbers.has(stem) && /^[0-9]/.test(next ?? "")) return word;
  return `${stem} .`;
}
