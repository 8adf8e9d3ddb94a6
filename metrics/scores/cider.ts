import { defineMeanMetric, type MetricDefinition, type SignatureFields } from "../definition.js";
import type { Explanation } from "../explanation.js";
import { formatSignature, type MetricResult, meanResult } from "../metric.js";
import type { TokenLines } from "../text/token-lines.js";
import { type Corpus, describeReferenceCounts } from "./caption-corpus.js";
import { contributionsOf, lengthPenalty, SIGMA, showContributions, type WeighedNgrams } from "./cider-contributions.js";
import {
  countDocuments,
  type DocumentFrequencyTable,
  exportTable,
  inverseDocumentFrequencies,
  lookUpDocuments,
} from "./document-frequency.js";
import { MAX_ORDER, type NgramsOfOrder, numberNgrams } from "./ngrams.js";
import { type CaptionOptions, captionCorpus, captionNgrams, prepareCaptions } from "./prepare-captions.js";

/** How CIDEr weighs n-grams. */
export interface CiderOptions extends CaptionOptions {
  /**
   * `CIDEr-D` (default), what the field calls CIDEr: counts clipped to the reference's, and a Gaussian penalty on the
   * difference of lengths. `CIDEr`: neither.
   */
  readonly variant?: CiderVariant;
  /** Counts to weigh n-grams by; default: those of the references being scored. */
  readonly documentFrequency?: DocumentFrequencyTable | undefined;
  /** What the signature calls the counts; default `references`, or `table` where one is passed. */
  readonly documentFrequencyName?: string | undefined;
}

/** CIDEr as the field uses it, and as it was first described. */
export type CiderVariant = "CIDEr-D" | "CIDEr";

/**
 * CIDEr of captions (Vedantam et al. 2015) as pycocoevalcap computes it: TF-IDF cosine similarity of n-grams of orders
 * 1 to 4 with each reference, averaged over orders and references, times 10. "Length" is the number of bigrams. One
 * image alone scores 0 unless a document frequency table is passed, because every n-gram is then in every document.
 *
 * @param hypotheses one caption an image
 * @param references the references of each image
 * @returns scores from 0 to 10, the published number being 100 times that; the corpus score is the mean. While
 *   examples are resampled the document frequencies stay as they are.
 * @throws SimvlmError where an image has no references, the lists differ in length or the table is not one
 */
export function cider(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: CiderOptions = {},
): MetricResult<"CIDEr"> {
  return scoreCider(prepareCaptions(hypotheses, references, options), options);
}

/** {@link cider} of captions that are tokenised already. */
export function scoreCider(
  corpus: Corpus,
  options: Omit<CiderOptions, "tokenizer"> = {},
  ngrams: readonly NgramsOfOrder[] = numberNgrams(corpus),
): MetricResult<"CIDEr"> {
  const scores = scoreImages(corpus, ngrams, options);
  return {
    ...meanResult("CIDEr", "CIDEr", scores, formatSignature("CIDEr", describe(corpus, options))),
    explain: createExplainer(corpus, ngrams, options, scores),
  };
}

/** {@link cider}, CIDEr-D, as a definition. */
export const ciderMetric: MetricDefinition<"CIDEr"> = defineMeanMetric({
  name: "cider",
  range: [0, 10],
  title: "CIDEr",
  score: "CIDEr",
  needs: ["references", "document-frequencies"],
  prepare(input) {
    const corpus = input.share(captionCorpus);
    const ngrams = input.share(captionNgrams);
    const scores = scoreImages(corpus, ngrams, input);
    return { corpus, scores, explain: createExplainer(corpus, ngrams, input, scores) };
  },
  scoreExample: (_, { scores }, place) => scores[place]!,
  explain: (_, { explain }, place) => explain(place),
  signature: (input, { corpus }) => describe(corpus, input),
});

/** What CIDEr is computed by, beside the captions. */
type Weighing = Pick<CiderOptions, "variant" | "documentFrequency" | "documentFrequencyName">;

function describe(corpus: Corpus, options: Weighing): SignatureFields {
  const { variant = "CIDEr-D", documentFrequency, documentFrequencyName } = options;
  return {
    name: variant,
    nrefs: describeReferenceCounts(corpus),
    tok: corpus.tokenizer,
    df: documentFrequencyName ?? (documentFrequency ? "table" : "references"),
    documents: documentFrequency?.documents ?? corpus.size,
    resampling: "df-fixed",
    ...(variant === "CIDEr-D" && { sigma: SIGMA }),
  };
}

function weighOrder(corpus: Corpus, grams: NgramsOfOrder, { documentFrequency }: Weighing): WeighedNgrams {
  const documents = documentFrequency
    ? lookUpDocuments(corpus, grams, documentFrequency)
    : countDocuments(corpus, grams);
  const idf = inverseDocumentFrequencies(documents, documentFrequency?.documents ?? corpus.size);
  return { grams, documents, idf };
}

/** Says where the CIDEr of an image comes from; the weights are computed when the first is asked for. */
function createExplainer(
  corpus: Corpus,
  ngrams: readonly NgramsOfOrder[],
  weighing: Weighing,
  scores: Float64Array,
): (image: number) => Explanation {
  const { variant = "CIDEr-D" } = weighing;
  let weighed: readonly WeighedNgrams[] | undefined;
  return (image) => {
    weighed ??= ngrams.map((grams) => weighOrder(corpus, grams, weighing));
    const rows = weighed.flatMap((each) => contributionsOf(corpus, each, variant === "CIDEr-D", image));
    return showContributions(scores[image]!, rows);
  };
}

function scoreImages(corpus: Corpus, ngrams: readonly NgramsOfOrder[], weighing: Weighing): Float64Array {
  const { variant = "CIDEr-D" } = weighing;
  const similarities = ngrams.map((grams) =>
    sumSimilarities(corpus, grams, weighOrder(corpus, grams, weighing).idf, variant),
  );
  const scores = new Float64Array(corpus.size);
  for (let i = 0; i < corpus.size; i++) {
    const references = corpus.referenceOffsets[i + 1]! - corpus.referenceOffsets[i]!;
    let sum = 0;
    for (const ofOrder of similarities) sum += ofOrder[i]!;
    scores[i] = (sum / MAX_ORDER / references) * 10;
  }
  return scores;
}

/** The document frequencies of the references, to score other captions (or one image) with. */
export function documentFrequencies(
  references: readonly (readonly string[])[],
  options: CaptionOptions = {},
): DocumentFrequencyTable {
  const corpus = prepareCaptions(new Array<string>(references.length).fill(""), references, options);
  return exportTable(corpus, numberNgrams(corpus));
}

/** For each image the sum over its references of the similarity at one order. */
function sumSimilarities(corpus: Corpus, grams: NgramsOfOrder, idf: Float64Array, variant: CiderVariant): Float64Array {
  const { hypotheses, references, referenceOffsets } = corpus;
  const clipped = variant === "CIDEr-D";
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
