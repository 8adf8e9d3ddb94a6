import { SimvlmError } from "../error.js";
import type { TokenLines } from "../text/token-lines.js";
import type { Corpus } from "./caption-corpus.js";
import { type CiderOptions, type CiderVariant, lengthPenalty, scoreCider } from "./cider.js";
import {
  type DocumentFrequencyTable,
  inverseDocumentFrequencies,
  lookUpDocuments,
  ngramTexts,
} from "./document-frequency.js";
import { MAX_ORDER, type NgramsOfOrder, numberNgrams } from "./ngrams.js";
import { prepareCaptions } from "./prepare-captions.js";

/** How CIDEr weighs the n-grams that are to be explained. */
export interface ExplainCiderOptions extends Omit<CiderOptions, "documentFrequencyName"> {
  /** Needed here: by the counts of one image alone every n-gram weighs nothing. See `documentFrequencies`. */
  readonly documentFrequency: DocumentFrequencyTable;
}

/** One distinct n-gram of a caption, and what it does for the caption's CIDEr. */
export interface CiderContribution {
  /** 1 to 4. */
  readonly n: number;
  /** Its words, joined by single spaces. */
  readonly ngram: string;
  /** How often the caption has it. */
  readonly count: number;
  /** How many of the image's references have it. */
  readonly references: number;
  /** How many images of the table have it in a reference. */
  readonly documents: number;
  /** TF-IDF in the caption: count × ln(images / images with it). */
  readonly weight: number;
  /** Of the squared length of the caption's vector of this order, 0 to 1: where `contribution` is 0, what it costs. */
  readonly share: number;
  /** What it adds to the score. */
  readonly contribution: number;
}

/** The CIDEr of one caption, taken apart. */
export interface CiderExplanation {
  /** As `cider` gives it, to the last bit. */
  readonly score: number;
  /** Order by order, each in the order of the caption. Their contributions add up to the score, but for rounding. */
  readonly rows: readonly CiderContribution[];
}

/**
 * Where the CIDEr of one image comes from, n-gram by n-gram: the score is a mean of cosines, each of which is a sum over
 * the n-grams that caption and reference share.
 *
 * @param references of the image
 * @throws SimvlmError `no-document-frequency`, `no-references`, `bad-document-frequency`
 */
export function explainCider(
  hypothesis: string,
  references: readonly string[],
  options: ExplainCiderOptions,
): CiderExplanation {
  const { documentFrequency, variant = "CIDEr-D" } = options;
  // What a notebook's cell may leave out whatever the types say.
  if ((documentFrequency as DocumentFrequencyTable | undefined) === undefined) {
    throw new SimvlmError(
      "no-document-frequency",
      "A single image always has CIDEr 0: give documentFrequency, made from all references with documentFrequencies(…).",
    );
  }
  // The empty captions after it make its end that of a line, as for most captions of a set.
  const corpus = prepareCaptions([hypothesis, ""], [references, [""]], options);
  const ngrams = numberNgrams(corpus);
  const [score] = scoreCider(corpus, options, ngrams).perExample.CIDEr;
  return { score: score!, rows: ngrams.flatMap((grams) => explainOrder(corpus, grams, documentFrequency, variant)) };
}

function explainOrder(
  corpus: Corpus,
  grams: NgramsOfOrder,
  table: DocumentFrequencyTable,
  variant: CiderVariant,
): CiderContribution[] {
  const documents = lookUpDocuments(corpus, grams, table);
  const idf = inverseDocumentFrequencies(documents, table.documents);
  const clipped = variant === "CIDEr-D";
  const caption = countNgrams(corpus.hypotheses, 0, grams.hypotheses, grams.order);
  const norm = normOf(caption, idf);
  const references = Array.from({ length: corpus.referenceOffsets[1]! }, (_, line) => {
    const counts = countNgrams(corpus.references, line, grams.references, grams.order);
    const difference = countBigrams(corpus.hypotheses, 0) - countBigrams(corpus.references, line);
    const penalty = clipped ? lengthPenalty(Math.abs(difference)) : 1;
    // Where one of the vectors has no length, nothing of it weighs anything.
    return { counts, scale: penalty / (norm * normOf(counts, idf) || 1) };
  });
  const texts = new Map(ngramTexts(corpus, grams));
  return [...caption].map(([gram, count]) => {
    const weight = count * idf[gram]!;
    let sum = 0;
    for (const { counts, scale } of references) {
      const other = (counts.get(gram) ?? 0) * idf[gram]!;
      sum += (clipped ? Math.min(weight, other) : weight) * other * scale;
    }
    return {
      n: grams.order,
      ngram: texts.get(gram)!,
      count,
      references: references.filter(({ counts }) => counts.has(gram)).length,
      documents: documents[gram]!,
      weight,
      share: norm === 0 ? 0 : (weight / norm) ** 2,
      contribution: (sum / MAX_ORDER / references.length) * 10,
    };
  });
}

/** The n-grams of a line in the order of their first occurrence. */
function countNgrams({ offsets }: TokenLines, line: number, numbers: Int32Array, order: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let p = offsets[line]!; p < offsets[line + 1]! - order + 1; p++) {
    counts.set(numbers[p]!, (counts.get(numbers[p]!) ?? 0) + 1);
  }
  return counts;
}

function normOf(counts: ReadonlyMap<number, number>, idf: Float64Array): number {
  let square = 0;
  for (const [gram, count] of counts) square += (count * idf[gram]!) ** 2;
  return Math.sqrt(square);
}

/** What CIDEr-D calls the length of a line. */
function countBigrams({ offsets }: TokenLines, line: number): number {
  return Math.max(0, offsets[line + 1]! - offsets[line]! - 1);
}
