import type { Corpus, CorpusLines } from "./caption-corpus.js";
import { MAX_ORDER, type NgramsOfOrder, numberNgrams } from "./ngrams.js";

/** Columns of the statistics that BLEU in all its forms is computed from. */
export const BLEU_COLUMNS = [
  "hypothesisLength",
  "referenceLength",
  ...Array.from({ length: MAX_ORDER }, (_, i) => `matches${i + 1}`),
  ...Array.from({ length: MAX_ORDER }, (_, i) => `total${i + 1}`),
] as const;

/** Where the columns of matches begin. */
export const MATCHES = 2;
/** Where the columns of totals begin. */
export const TOTALS = MATCHES + MAX_ORDER;

/**
 * BLEU's statistics of every example, row-major by {@link BLEU_COLUMNS}: the lengths of the hypothesis and of the
 * reference closest to it (the shorter of two equally close), and for each order the hypothesis's n-grams and how many
 * of them the references have, each n-gram counted at most as often as one reference has it.
 */
export function countClippedMatches(
  corpus: Corpus,
  ngrams: readonly NgramsOfOrder[] = numberNgrams(corpus, "example"),
): Float64Array {
  return tabulateMatches(
    corpus,
    ngrams.map((grams) => countMatches(corpus, grams)),
  );
}

/** The table of {@link countClippedMatches}, of the {@link countMatches} of each order. */
export function tabulateMatches(corpus: CorpusLines, matches: readonly Int32Array[]): Float64Array {
  const width = BLEU_COLUMNS.length;
  const values = new Float64Array(corpus.size * width);
  const { hypotheses, references, referenceOffsets } = corpus;
  for (let i = 0; i < corpus.size; i++) {
    const row = i * width;
    const length = hypotheses.offsets[i + 1]! - hypotheses.offsets[i]!;
    values[row] = length;
    values[row + 1] = closestLength(references.offsets, referenceOffsets[i]!, referenceOffsets[i + 1]!, length);
    for (let before = 0; before < MAX_ORDER; before++) {
      values[row + MATCHES + before] = matches[before]![i]!;
      values[row + TOTALS + before] = Math.max(0, length - before);
    }
  }
  return values;
}

/** Rows of {@link countClippedMatches}, counted when the first is asked for. */
export function lazyRows(count: () => Float64Array): (place: number) => Float64Array {
  const width = BLEU_COLUMNS.length;
  let values: Float64Array | undefined;
  return (place) => {
    values ??= count();
    return values.subarray(place * width, (place + 1) * width);
  };
}

function closestLength(offsets: Int32Array, first: number, end: number, length: number): number {
  let closest = Infinity;
  for (let line = first; line < end; line++) {
    const candidate = offsets[line + 1]! - offsets[line]!;
    const gain = Math.abs(closest - length) - Math.abs(candidate - length);
    if (closest === Infinity || gain > 0 || (gain === 0 && candidate < closest)) closest = candidate;
  }
  return closest;
}

/** How many n-grams of one order each example's references have of its hypothesis, none more often than in one of them. */
export function countMatches(corpus: CorpusLines, grams: NgramsOfOrder): Int32Array {
  const counts = new Int32Array(corpus.size);
  const { hypotheses, references, referenceOffsets } = corpus;
  const inHypothesis = new Int32Array(grams.distinct);
  const inReference = new Int32Array(grams.distinct);
  const inAnyReference = new Int32Array(grams.distinct);
  const before = grams.order - 1;
  for (let i = 0; i < corpus.size; i++) {
    const start = hypotheses.offsets[i]!;
    const end = hypotheses.offsets[i + 1]! - before;
    for (let p = start; p < end; p++) inHypothesis[grams.hypotheses[p]!]!++;
    for (let line = referenceOffsets[i]!; line < referenceOffsets[i + 1]!; line++) {
      const lineStart = references.offsets[line]!;
      const lineEnd = references.offsets[line + 1]! - before;
      for (let p = lineStart; p < lineEnd; p++) {
        const gram = grams.references[p]!;
        if (inHypothesis[gram]! > 0) inReference[gram]!++;
      }
      for (let p = lineStart; p < lineEnd; p++) {
        const gram = grams.references[p]!;
        if (inReference[gram]! > inAnyReference[gram]!) inAnyReference[gram] = inReference[gram]!;
        inReference[gram] = 0;
      }
    }
    for (let p = start; p < end; p++) {
      const gram = grams.hypotheses[p]!;
      counts[i]! += Math.min(inHypothesis[gram]!, inAnyReference[gram]!);
      inHypothesis[gram] = 0;
      inAnyReference[gram] = 0;
    }
  }
  return counts;
}
