import { CONTRACTIONS } from "./contractions.js";
import { splitWords, trim } from "./white-space.js";

const PUNCTUATION = [...'; / [ ] " { } ( ) = + \\ _ - > < @ ` , ? !'.replaceAll(" ", "")];
const HAS_PUNCTUATION = /[;/[\]"{}()=+\\_\-><@`,?!.]/;
const COMMA_IN_NUMBER = /\d,\d/;
const PERIOD_BEFORE_NO_DIGIT = /\.(?!\d)/g;
/** The reference passes a flag where the number of replacements belongs, and so removes only this many. */
const MAX_PERIODS = 32;

const ARTICLES: ReadonlySet<string> = new Set(["a", "an", "the"]);
const DIGITS: ReadonlyMap<string, string> = new Map(
  "none zero one two three four five six seven eight nine ten"
    .split(" ")
    .map((word, i) => [word, String(Math.max(0, i - 1))]),
);

/**
 * An answer as the VQA evaluation (GT-Vision-Lab/VQA) compares it: punctuation, then number words, articles and
 * contractions.
 *
 * @example normalizeAnswer("The two dogs, dont they?") // "2 dogs don't they"
 */
export function normalizeAnswer(answer: string): string {
  return normalizeWords(removePunctuation(answer));
}

/**
 * The first half of {@link normalizeAnswer}: a punctuation mark goes if it stands beside a space anywhere in the
 * answer, or if the answer has a number such as `1,000`; else it becomes a space. Periods go unless a digit follows.
 */
export function removePunctuation(answer: string): string {
  if (!HAS_PUNCTUATION.test(answer)) return answer;
  const deleteAll = COMMA_IN_NUMBER.test(answer);
  let text = answer;
  for (const mark of PUNCTUATION) {
    if (!answer.includes(mark)) continue;
    const besideSpace = answer.includes(`${mark} `) || answer.includes(` ${mark}`);
    text = text.replaceAll(mark, deleteAll || besideSpace ? "" : " ");
  }
  let periods = 0;
  return text.replace(PERIOD_BEFORE_NO_DIGIT, (period) => (++periods > MAX_PERIODS ? period : ""));
}

/** The second half of {@link normalizeAnswer}: lower case, number words to digits, no articles, contractions restored. */
export function normalizeWords(answer: string): string {
  return splitWords(answer.toLowerCase())
    .map((word) => DIGITS.get(word) ?? word)
    .filter((word) => !ARTICLES.has(word))
    .map((word) => CONTRACTIONS.get(word) ?? word)
    .join(" ");
}

/** What the evaluation does to every answer first, the human ones and the predicted one: no line breaks, no tabs. */
export function cleanAnswer(answer: string): string {
  return trim(answer.replaceAll("\n", " ").replaceAll("\t", " "));
}
