import { type Explanation, explanationOf } from "../../explanation.js";
import type { Corpus } from "../caption-corpus.js";
import { createComparer } from "./compare.js";
import { MODULES } from "./find-matches.js";
import type { MeteorText } from "./meteor-text.js";
import type { MeteorResources } from "./resources.js";
import { measureMeteor } from "./statistics.js";

/** Which words of an image's caption met which of its best reference, and how the score comes of that. */
export function explainMeteor(corpus: Corpus, resources: MeteorResources, image: number): Explanation {
  const { hypothesis, reference, matches, row, place } = createComparer(corpus, resources)(image);
  const count = corpus.referenceOffsets[image + 1]! - corpus.referenceOffsets[image]!;
  const { precision, recall, chunks, matched, score } = measureMeteor(row);
  const torn = chunks === 1 ? "in one piece" : `in ${chunks} pieces`;
  const found =
    matched === 0
      ? "No word meets another."
      : `Precision ${precision.toFixed(3)} and recall ${recall.toFixed(3)} of words by their weights; what met is ${torn}, and more pieces score less.`;
  const paraphrases = resources.paraphrases ? "" : " Paraphrases were not looked at.";
  return explanationOf(
    {
      kind: "alignment",
      title: count === 1 ? "The reference" : `The best of ${count} references, number ${place + 1}`,
      prediction: textsOf(hypothesis),
      reference: textsOf(reference),
      links: matches.map((match) => ({
        prediction: match.hypothesis,
        reference: match.reference,
        by: MODULES[match.module]!,
      })),
    },
    { kind: "note", text: `METEOR ${score.toFixed(4)}. ${found}${paraphrases}` },
  );
}

const textsOf = ({ words }: MeteorText): string[] => words.map(({ text }) => text);
