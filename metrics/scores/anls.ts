import { meanOf } from "../definition.js";
import { DIALECTS, type Dialect, inDialect } from "../dialect.js";
import { editDistance } from "../text/edit-distance.js";
import { splitWords } from "../text/white-space.js";

/** Answers less alike than this are another answer, not the right one misread. */
const THRESHOLD = 0.5;

/** Case and white space do not count. */
const normalize = (text: string) => splitWords(text.toLowerCase()).join(" ");
const countCharacters = (text: string) => Array.from(text).length;
/** What is divided by: normalised texts, as the distance is of; or, as harnesses do, texts as they stand, in capitals. */
const MEASURED: Readonly<Record<Dialect, (text: string) => string>> = {
  official: normalize,
  "lmms-eval": (text) => text.toUpperCase(),
  vlmevalkit: (text) => text.toUpperCase(),
};

/**
 * How alike an answer is to the most alike of the right ones: 1 − edit distance / length of the longer text, and 0 for
 * less than a half (Biten et al. 2019, ST-VQA and DocVQA).
 * @param dialect harnesses measure the distance on normalised texts, but divide by the length of the texts as they stand
 * @returns from 0 to 1; 0 where there is no right answer
 */
export function answerSimilarity(
  prediction: string,
  answers: readonly string[],
  dialect: Dialect = "official",
): number {
  const lengthOf = (text: string) => countCharacters(MEASURED[dialect](text));
  const distances = answers.map((answer) => {
    const longer = Math.max(lengthOf(answer), lengthOf(prediction));
    return longer === 0 ? 0 : editDistance(normalize(answer), normalize(prediction)) / longer;
  });
  const similarity = 1 - Math.min(1, ...distances);
  return similarity < THRESHOLD ? 0 : similarity;
}

/** Average normalised Levenshtein similarity, {@link answerSimilarity} of each question, in the dialects that differ. */
export const anlsMetrics = DIALECTS.map((dialect) =>
  inDialect(dialect, {
    name: "anls",
    title: "ANLS",
    range: [0, 1],
    ...meanOf("ANLS"),
    statistics: ({ prediction, references }) => [answerSimilarity(prediction, references, dialect), 1],
    signature: () => ({ threshold: THRESHOLD }),
  }),
);
