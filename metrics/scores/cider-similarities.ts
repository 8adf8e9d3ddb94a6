import type { TokenLines } from "../text/token-lines.js";
import type { CorpusLines } from "./caption-corpus.js";
import { lengthPenalty } from "./cider-contributions.js";
import type { NgramsOfOrder } from "./ngrams.js";

/**
 * For each image the sum over its references of the similarity at one order.
 * @param clipped whether counts are clipped to the reference's, and differences of lengths punished: CIDEr-D
 */
export function sumSimilarities(
  corpus: CorpusLines,
  grams: NgramsOfOrder,
  idf: Float64Array,
  clipped = true,
): Float64Array {
  const { hypotheses, references, referenceOffsets } = corpus;
  const before = grams.order - 1;
  const sums = new Float64Array(corpus.size);
  const count = new Int32Array(grams.distinct);
  /** One more than the place of the n-gram among the hypothesis's distinct ones; 0 for those it lacks. */
  const place = new Int32Array(grams.distinct);
  const longest = longestLine(hypotheses);
  const weights = new Float64Array(longest);
  const referenceWeights = new Float64Array(longest);

  for (let i = 0; i < corpus.size; i++) {
    const start = hypotheses.offsets[i]!;
    const end = hypotheses.offsets[i + 1]!;
    // n-grams are visited in the order of their first occurrence: sums of floats depend on it
    for (let p = start; p < end - before; p++) count[grams.hypotheses[p]!]!++;
    let distinct = 0;
    let square = 0;
    for (let p = start; p < end - before; p++) {
      const gram = grams.hypotheses[p]!;
      if (count[gram] === 0) continue;
      const weight = count[gram]! * idf[gram]!;
      count[gram] = 0;
      weights[distinct++] = weight;
      place[gram] = distinct;
      square += weight * weight;
    }
    const norm = Math.sqrt(square);

    for (let line = referenceOffsets[i]!; line < referenceOffsets[i + 1]!; line++) {
      const lineStart = references.offsets[line]!;
      const lineEnd = references.offsets[line + 1]!;
      referenceWeights.fill(0, 0, distinct);
      for (let p = lineStart; p < lineEnd - before; p++) count[grams.references[p]!]!++;
      let referenceSquare = 0;
      for (let p = lineStart; p < lineEnd - before; p++) {
        const gram = grams.references[p]!;
        if (count[gram] === 0) continue;
        const weight = count[gram]! * idf[gram]!;
        count[gram] = 0;
        referenceSquare += weight * weight;
        if (place[gram]! > 0) referenceWeights[place[gram]! - 1] = weight;
      }
      let similarity = 0;
      for (let k = 0; k < distinct; k++) {
        const weight = referenceWeights[k]!;
        similarity += (clipped ? Math.min(weights[k]!, weight) : weights[k]!) * weight;
      }
      const referenceNorm = Math.sqrt(referenceSquare);
      if (norm !== 0 && referenceNorm !== 0) similarity /= norm * referenceNorm;
      const difference = Math.max(0, end - start - 1) - Math.max(0, lineEnd - lineStart - 1);
      sums[i]! += clipped ? similarity * lengthPenalty(Math.abs(difference)) : similarity;
    }
    for (let p = start; p < end - before; p++) place[grams.hypotheses[p]!] = 0;
  }
  return sums;
}

function longestLine({ offsets }: TokenLines): number {
  return offsets.reduce((longest, offset, line) => Math.max(longest, offset - (offsets[line - 1] ?? 0)), 0);
}
