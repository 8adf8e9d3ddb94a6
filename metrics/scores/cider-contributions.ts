import { type Explanation, explanationOf } from "../explanation.js";
import { pow } from "../statistics/exact.js";
import type { TokenLines } from "../text/token-lines.js";
import type { Corpus } from "./caption-corpus.js";
import { MAX_ORDER, type NgramsOfOrder } from "./ngrams.js";

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

/** N-grams of one order with what they weigh. */
export interface WeighedNgrams {
  readonly grams: NgramsOfOrder;
  /** In how many images each is, by its number. */
  readonly documents: Int32Array;
  readonly idf: Float64Array;
}

/** What each n-gram of one order adds to the CIDEr of an image's caption, in the caption's order. */
export function contributionsOf(
  corpus: Corpus,
  { grams, documents, idf }: WeighedNgrams,
  clipped: boolean,
  image: number,
): CiderContribution[] {
  const caption = countNgrams(corpus.hypotheses, image, grams.hypotheses, grams.order);
  const norm = normOf(caption, idf);
  const [first, end] = [corpus.referenceOffsets[image]!, corpus.referenceOffsets[image + 1]!];
  const references = Array.from({ length: end - first }, (_, place) => {
    const line = first + place;
    const counts = countNgrams(corpus.references, line, grams.references, grams.order);
    const difference = countBigrams(corpus.hypotheses, image) - countBigrams(corpus.references, line);
    const penalty = clipped ? lengthPenalty(Math.abs(difference)) : 1;
    // Where one of the vectors has no length, nothing of it weighs anything.
    return { counts, scale: penalty / (norm * normOf(counts, idf) || 1) };
  });
  const texts = textsOf(corpus, grams, image);
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

/** The words of a caption's n-grams by their numbers. */
function textsOf({ vocabulary, hypotheses }: Corpus, grams: NgramsOfOrder, image: number): Map<number, string> {
  const texts = new Map<number, string>();
  for (let p = hypotheses.offsets[image]!; p < hypotheses.offsets[image + 1]! - grams.order + 1; p++) {
    const words = Array.from(hypotheses.ids.subarray(p, p + grams.order), (id) => vocabulary[id]);
    texts.set(grams.hypotheses[p]!, words.join(" "));
  }
  return texts;
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

/** The width of CIDEr-D's Gaussian. */
export const SIGMA = 6;

const penalties: number[] = [];

/** Of CIDEr-D, for a caption so many words longer or shorter than the reference. */
export function lengthPenalty(difference: number): number {
  penalties[difference] ??= pow(Math.E, -(difference * difference) / (2 * SIGMA * SIGMA));
  return penalties[difference];
}

/** So many n-grams are shown that add something, and so many that cost most. */
const [MOST_ADDING, MOST_COSTING] = [12, 5];

/** The n-grams that make a caption's CIDEr, the largest first, and the weightiest that no reference has. */
export function showContributions(score: number, rows: readonly CiderContribution[]): Explanation {
  const adding = rows.filter((row) => row.contribution > 0).sort((a, b) => b.contribution - a.contribution);
  const costing = rows.filter((row) => row.contribution === 0 && row.share > 0).sort((a, b) => b.share - a.share);
  const rest = adding.length - MOST_ADDING;
  return explanationOf(
    {
      kind: "note",
      text: `CIDEr ${score.toFixed(4)}: the sum of what the n-grams add that caption and references share; rare ones weigh more.`,
    },
    {
      kind: "terms",
      title: "What adds to the score",
      columns: ["n-gram", "adds", "references", "images with it"],
      rows: adding
        .slice(0, MOST_ADDING)
        .map(({ ngram, contribution, references, documents }) => [ngram, round(contribution), references, documents]),
      bars: "adds",
      ...(rest > 0 && { rest: `and ${rest} more that add less` }),
    },
    ...(costing.length === 0
      ? []
      : [
          {
            kind: "terms",
            title: "What no reference has, by the share of the caption's weight among n-grams as long",
            columns: ["n-gram", "share", "images with it"],
            rows: costing
              .slice(0, MOST_COSTING)
              .map(({ ngram, share, documents }) => [ngram, round(share), documents] as const),
            bars: "share",
          } as const,
        ]),
  );
}

/** Enough to be read. */
const round = (value: number): number => Number(value.toFixed(4));
