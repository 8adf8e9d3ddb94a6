import { DIALECTS, type Dialect, inDialect } from "../dialect.js";
import { explanationOf } from "../explanation.js";
import type { MetricExample } from "../input.js";
import { splitWords, trim } from "../text/white-space.js";

/** What an answer to "Is there a … in the image?" amounts to. */
export type PopeAnswer = "yes" | "no" | "unknown";

const READERS: Readonly<Record<Dialect, (text: string) => PopeAnswer>> = {
  // the first sentence; whatever does not deny agrees
  official(text) {
    const words = text.split(".")[0]!.replaceAll(",", "").split(" ");
    return words.some((word) => word === "No" || word === "no" || word === "not") ? "no" : "yes";
  },
  "lmms-eval"(text) {
    const said = trim(text.toLowerCase());
    return said === "yes" || said === "no" ? said : "unknown";
  },
  vlmevalkit(text) {
    const words = splitWords(text.toLowerCase().replace(/[^\p{L}\p{N}\s']+/gu, " "));
    const [yes, no] = [words.includes("yes"), words.includes("no")];
    if (yes === no) return "unknown";
    return yes ? "yes" : "no";
  },
};

/** Whether somebody's words say yes or no, as RUCAIBox/POPE or a harness reads them. */
export function readPopeAnswer(text: string, dialect: Dialect = "official"): PopeAnswer {
  return READERS[dialect](text);
}

const POPE_SCORES = ["accuracy", "precision", "recall", "f1", "yes_ratio"] as const;

/**
 * POPE (Li et al. 2023): is an object in the picture? Accuracy, and precision, recall and F1 of "yes", from 0 to 1; the
 * share of "yes" among the answers, which in lmms-eval is that among the labels. An unknown answer is wrong, and not "yes".
 */
export const popeMetrics = DIALECTS.map((dialect) =>
  inDialect(dialect, {
    name: "pope",
    title: "POPE",
    range: [0, 1],
    scores: POPE_SCORES,
    columns: ["right", "examples", "yes right", "yes said", "yes true"],
    statistics({ prediction, references }: MetricExample) {
      const said = readPopeAnswer(prediction, dialect);
      const label = trim(references[0]!.toLowerCase());
      const isYes = [said, label].map((answer) => Number(answer === "yes"));
      return [Number(said === label), 1, isYes[0]! * isYes[1]!, isYes[0]!, isYes[1]!];
    },
    explain({ prediction, references }) {
      const said = readPopeAnswer(prediction, dialect);
      const read = said === "unknown" ? "as neither yes nor no" : `as "${said}"`;
      return explanationOf({ kind: "note", text: `Read ${read}; right is "${trim(references[0]!.toLowerCase())}".` });
    },
    scoresFromSums: ([right, examples, yesRight, yesSaid, yesTrue]) => [
      divide(right!, examples!),
      divide(yesRight!, yesSaid!),
      divide(yesRight!, yesTrue!),
      divide(2 * yesRight!, yesSaid! + yesTrue!),
      divide(dialect === "lmms-eval" ? yesTrue! : yesSaid!, examples!),
    ],
  }),
);

/** Of nothing, nothing. */
function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
