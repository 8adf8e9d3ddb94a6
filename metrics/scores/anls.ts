import { meanOf } from "../definition.js";
import { DIALECTS, type Dialect, inDialect } from "../dialect.js";
import { type Explanation, explanationOf } from "../explanation.js";
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
  const distances = answers.map((answer) => distanceTo(answer, prediction, dialect).share);
  const similarity = 1 - Math.min(1, ...distances);
  return similarity < THRESHOLD ? 0 : similarity;
}

/** The edit distance of two texts, and what part of the longer it is. */
function distanceTo(answer: string, prediction: string, dialect: Dialect): { changes: number; share: number } {
  const lengthOf = (text: string) => countCharacters(MEASURED[dialect](text));
  const longer = Math.max(lengthOf(answer), lengthOf(prediction));
  const changes = editDistance(normalize(answer), normalize(prediction));
  return { changes, share: longer === 0 ? 0 : changes / longer };
}

/** How far the answer is from each of the right ones, the nearest first. */
function explainAnls(prediction: string, answers: readonly string[], dialect: Dialect): Explanation {
  const rows = answers
    .map((answer) => ({ answer, ...distanceTo(answer, prediction, dialect) }))
    .sort((a, b) => a.share - b.share)
    .map(({ answer, changes, share }) => [answer, changes, Number(Math.max(0, 1 - share).toFixed(4))]);
  const isOther = answerSimilarity(prediction, answers, dialect) < THRESHOLD;
  return explanationOf(
    { kind: "terms", columns: ["right answer", "characters to change", "likeness"], rows, bars: "likeness" },
    {
      kind: "note",
      text: isOther
        ? `What is less alike than ${THRESHOLD} counts as another answer: 0.`
        : "The likeness to the nearest answer is the score.",
    },
  );
}

/** Average normalised Levenshtein similarity, {@link answerSimilarity} of each question, in the dialects that differ. */
export const anlsMetrics = DIALECTS.map((dialect) =>
  inDialect(dialect, {
    name: "anls",
    title: "ANLS",
    range: [0, 1],
    ...meanOf("ANLS"),
    statistics: ({ prediction, references }) => [answerSimilarity(prediction, references, dialect), 1],
    explain: ({ prediction, references }) => explainAnls(prediction, references, dialect),
    signature: () => ({ threshold: THRESHOLD }),
  }),
);
