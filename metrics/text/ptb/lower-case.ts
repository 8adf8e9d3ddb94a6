const SIGMA = "\u03a3";

/**
 * Lower-cases a token as Java's String.toLowerCase(Locale.ENGLISH) does.
 * JavaScript differs in one thing: whether a capital sigma ends its word. For Java a word goes on over a hyphen between
 * letters and over digits, for JavaScript it does not.
 */
export function lowerCase(token: string): string {
  if (!token.includes(SIGMA)) return token.toLowerCase();
  return token.replace(WORD, lowerSigmas).replaceAll(SIGMA, "\u03c3").toLowerCase();
}

/** For Java, Chinese characters and Japanese syllables are no part of a word. */
const WORD =
  /(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}_]|(?<=\p{L})[-.'\u2019](?=\p{L}))+/gu;

/** A sigma is final when it is the last cased letter of its word, but not the only one. */
function lowerSigmas(word: string): string {
  const cased = [...word.matchAll(/[\p{Lu}\p{Ll}\p{Lt}]/gu)];
  const last = cased.at(-1);
  if (cased.length < 2 || last?.[0] !== SIGMA) return word;
  return `${word.slice(0, last.index)}\u03c2${word.slice(last.index + 1)}`;
}
