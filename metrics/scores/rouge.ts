import { defineMeanMetric, type MetricDefinition, type SignatureFields } from "../definition.js";
import type { MetricInput } from "../input.js";
import { formatSignature, type MetricResult, meanResult } from "../metric.js";
import { type Corpus, describeReferenceCounts } from "./caption-corpus.js";
import { LongestCommonSubsequence } from "./longest-common-subsequence.js";
import { type CaptionOptions, captionCorpus, prepareCaptions } from "./prepare-captions.js";
import { explainRouge } from "./rouge-explain.js";

const BETA = 1.2;

/**
 * ROUGE-L of captions (Lin 2004) as pycocoevalcap computes it: the F-measure, with beta 1.2, of the best precision and
 * the best recall of the longest common subsequence over the references (which may be two different references).
 * An empty caption is one empty token: against an empty reference it scores 1.
 *
 * @param hypotheses one caption an image
 * @param references the references of each image
 * @returns scores from 0 to 1; the corpus score is the mean
 * @throws SimvlmError where an image has no references or the lists differ in length
 */
export function rougeL(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: CaptionOptions = {},
): MetricResult<"ROUGE_L"> {
  return scoreRougeL(prepareCaptions(hypotheses, references, options));
}

/** {@link rougeL} of captions that are tokenised already. */
export function scoreRougeL(corpus: Corpus): MetricResult<"ROUGE_L"> {
  const scores = scoreOverlaps(corpus);
  return {
    ...meanResult("ROUGE-L", "ROUGE_L", scores, formatSignature("ROUGE-L", describe(corpus))),
    explain: (place) => explainRouge(corpus, scores[place]!, place),
  };
}

/** {@link rougeL} as a definition. */
export const rougeMetric: MetricDefinition<"ROUGE_L"> = defineMeanMetric({
  name: "rouge",
  range: [0, 1],
  title: "ROUGE-L",
  score: "ROUGE_L",
  prepare(input) {
    const corpus = input.share(captionCorpus);
    return { corpus, scores: input.share(captionOverlaps) };
  },
  scoreExample: (_, { scores }, place) => scores[place]!,
  explain: (_, { corpus, scores }, place) => explainRouge(corpus, scores[place]!, place),
  signature: (_, { corpus }) => describe(corpus),
});

/** The scores of {@link captionCorpus}'s examples. */
export function captionOverlaps(input: MetricInput): Float64Array {
  return scoreOverlaps(input.share(captionCorpus));
}

function describe(corpus: Corpus): SignatureFields {
  return { nrefs: describeReferenceCounts(corpus), tok: corpus.tokenizer, beta: BETA };
}

/** What {@link scoreOverlaps} needs of a corpus; of the vocabulary its size alone. */
export interface OverlapCorpus extends Pick<Corpus, "size" | "referenceOffsets" | "unsplit"> {
  readonly vocabulary: { readonly length: number };
}

/** The score of each example. */
export function scoreOverlaps(corpus: OverlapCorpus): Float64Array {
  const { hypotheses, references } = corpus.unsplit;
  const lcs = new LongestCommonSubsequence(corpus.vocabulary.length);
  const scores = new Float64Array(corpus.size);
  for (let i = 0; i < corpus.size; i++) {
    const hypothesis = hypotheses.ids.subarray(hypotheses.offsets[i]!, hypotheses.offsets[i + 1]!);
    lcs.setFirst(hypothesis);
    let precision = 0;
    let recall = 0;
    for (let line = corpus.referenceOffsets[i]!; line < corpus.referenceOffsets[i + 1]!; line++) {
      const reference = references.ids.subarray(references.offsets[line]!, references.offsets[line + 1]!);
      const bothEmpty = hypothesis.length === 0 && reference.length === 0;
      const length = bothEmpty ? 1 : lcs.lengthWith(reference);
      precision = Math.max(precision, length / Math.max(1, hypothesis.length));
      recall = Math.max(recall, length / Math.max(1, reference.length));
    }
    scores[i] = fMeasure(precision, recall);
  }
  return scores;
}

function fMeasure(precision: number, recall: number): number {
  if (precision === 0 || recall === 0) return 0;
  return ((1 + BETA * BETA) * precision * recall) / (recall + BETA * BETA * precision);
}
