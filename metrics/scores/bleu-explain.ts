import { type Explanation, explanationOf } from "../explanation.js";
import { type Corpus, tokensOf } from "./caption-corpus.js";
import { BLEU_COLUMNS } from "./clipped-matches.js";
import { MAX_ORDER } from "./ngrams.js";

/** So many n-grams are written out. */
const MOST_LISTED = 6;

/**
 * Which n-grams of an image's caption its references have, order by order.
 * @param what the text is called
 */
export function explainBleu(corpus: Corpus, row: Float64Array, image: number, what = "caption"): Explanation {
  const caption = tokensOf(corpus, corpus.hypotheses, image);
  const references: string[][] = [];
  for (let line = corpus.referenceOffsets[image]!; line < corpus.referenceOffsets[image + 1]!; line++) {
    references.push(tokensOf(corpus, corpus.references, line));
  }
  const rows = Array.from({ length: MAX_ORDER }, (_, i) => {
    const known = new Set(references.flatMap((reference) => ngramsOf(reference, i + 1)));
    const own = [...new Set(ngramsOf(caption, i + 1))];
    const [found, missing] = [own.filter((gram) => known.has(gram)), own.filter((gram) => !known.has(gram))];
    return [i + 1, numberOf(row, `matches${i + 1}`), numberOf(row, `total${i + 1}`), list(found), list(missing)];
  });
  const [length, closest] = [numberOf(row, "hypothesisLength"), numberOf(row, "referenceLength")];
  const words = `${length} ${length === 1 ? "word" : "words"}, and the reference closest in length has ${closest}`;
  return explanationOf(
    { kind: "terms", columns: ["words in a row", "matched", "of", "in a reference", "in none"], rows },
    {
      kind: "note",
      text: `The ${what} has ${words}${length < closest ? ": it is marked down for being shorter" : ""}.`,
    },
  );
}

const numberOf = (row: Float64Array, name: (typeof BLEU_COLUMNS)[number]): number => row[BLEU_COLUMNS.indexOf(name)]!;

function ngramsOf(words: readonly string[], order: number): string[] {
  return words.slice(order - 1).map((_, start) => words.slice(start, start + order).join(" "));
}

function list(ngrams: readonly string[]): string {
  const more = ngrams.length - MOST_LISTED;
  return [...ngrams.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} more`] : [])].join(" · ");
}
