import { defineMeanMetric, type MetricDefinition, type SignatureFields } from "../definition.js";
import type { Explanation } from "../explanation.js";
import type { MetricInput } from "../input.js";
import { formatSignature, type MetricResult, meanResult } from "../metric.js";
import { type Corpus, describeReferenceCounts } from "./caption-corpus.js";
import { contributionsOf, SIGMA, showContributions, type WeighedNgrams } from "./cider-contributions.js";
import { sumSimilarities } from "./cider-similarities.js";
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
  const scores = scoreImages(corpus, sumOrders(corpus, ngrams, options));
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
    const scores = scoreImages(corpus, input.share(captionSimilarities));
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

function sumOrders(corpus: Corpus, ngrams: readonly NgramsOfOrder[], weighing: Weighing): Float64Array[] {
  const clipped = weighing.variant !== "CIDEr";
  return ngrams.map((grams) => sumSimilarities(corpus, grams, weighOrder(corpus, grams, weighing).idf, clipped));
}

/** For each order the similarities of {@link captionCorpus}'s examples, summed over their references. */
export function captionSimilarities(input: MetricInput): Float64Array[] {
  return sumOrders(input.share(captionCorpus), input.share(captionNgrams), input);
}

function scoreImages(corpus: Corpus, similarities: readonly Float64Array[]): Float64Array {
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
