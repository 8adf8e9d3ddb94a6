import { meanOf } from "../definition.js";
import { type Dialect, inDialect } from "../dialect.js";
import { type Explanation, explanationOf } from "../explanation.js";
import type { MetricExample } from "../input.js";
import { splitWords } from "../text/white-space.js";

/** Whose rules an answer to a multiple-choice question is read by: the data sets have none of their own. */
export type ChoiceDialect = Extract<Dialect, "official" | "vlmevalkit">;

const CHOICE_DIALECTS: readonly ChoiceDialect[] = ["official", "vlmevalkit"];
/** In answers of more words "A" is an article. */
const MOST_WORDS_WITH_A = 3;

/** The letter of the n-th option, from 0. */
export function choiceLetter(place: number): string {
  return String.fromCharCode("A".charCodeAt(0) + place);
}

/**
 * The option that an answer chooses: the only one whose letter stands alone in it, or else the only one whose text is in
 * it, whatever its case (VLMEvalKit's rule).
 * @param choices the options' texts; the first is A
 * @param dialect official also knows letters as MMVP writes them: `(a)`, and `b.` alone
 * @returns the letter; undefined where that is none or several
 */
export function readChoice(
  text: string,
  choices: readonly string[],
  dialect: ChoiceDialect = "official",
): string | undefined {
  const letters = choices.map((_, place) => choiceLetter(place));
  const words = splitWords(dialect === "official" ? raiseLetters(text) : text).flatMap(splitAtMarks);
  const [letter, ...more] = letters.filter((one) => words.includes(one));
  const isArticle = letter === "A" && words.length > MOST_WORDS_WITH_A;
  if (letter !== undefined && more.length === 0 && !isArticle) return letter;
  const said = text.toLowerCase();
  const meant = letters.filter((_, place) => choices[place] !== "" && said.includes(choices[place]!.toLowerCase()));
  return meant.length === 1 ? meant[0] : undefined;
}

const splitAtMarks = (word: string) => word.split(/[.()[\],:;!*#{}]+/).filter((part) => part !== "");

/** Small letters that are meant as an option's: in brackets, or all there is. */
function raiseLetters(text: string): string {
  return text
    .replace(/\(([a-z])\)/g, (found) => found.toUpperCase())
    .replace(/^\s*[a-z]\s*[.):]?\s*$/, (found) => found.toUpperCase());
}

/** The share of multiple-choice questions that are answered right, see {@link readChoice}; the reference is a letter. */
export const multipleChoiceMetrics = CHOICE_DIALECTS.map((dialect) =>
  inDialect(dialect, {
    name: "multiple-choice",
    title: "multiple choice",
    range: [0, 1],
    ...meanOf("accuracy"),
    statistics: ({ prediction, references, choices = [] }) => [
      Number(readChoice(prediction, choices, dialect) === references[0]),
      1,
    ],
    explain: (example) => explainChoice(example, dialect),
    // a number by itself would stand in the tables as a score
    details: ({ examples }) => ({
      chosen: countBy(
        examples.map(({ prediction, choices = [] }) => readChoice(prediction, choices, dialect) ?? "none"),
      ),
    }),
  }),
);

/** The options with the one that was read and the right one. */
function explainChoice({ prediction, references, choices = [] }: MetricExample, dialect: ChoiceDialect): Explanation {
  const chosen = readChoice(prediction, choices, dialect);
  const rows = choices.map((choice, place) => {
    const letter = choiceLetter(place);
    return [letter, choice, letter === chosen ? "read" : "", letter === references[0] ? "right" : ""];
  });
  const read =
    chosen === undefined ? "No option, or more than one, is to be read in the answer." : `Read as ${chosen}.`;
  return explanationOf(
    { kind: "terms", columns: ["option", "text", "the answer", "the truth"], rows },
    { kind: "note", text: read },
  );
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
