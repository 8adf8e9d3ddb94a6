import { defineMetric, type MetricDefinition, type SignatureFields } from "../definition.js";
import type { MetricInput } from "../input.js";
import { createResult, formatSignature, type MetricResult } from "../metric.js";
import { exp, root } from "../statistics/exact.js";
import { explainBleu } from "./bleu-explain.js";
import { type Corpus, describeReferenceCounts } from "./caption-corpus.js";
import { BLEU_COLUMNS, countClippedMatches, lazyRows, MATCHES, TOTALS } from "./clipped-matches.js";
import type { NgramsOfOrder } from "./ngrams.js";
import { type CaptionOptions, captionCorpus, captionNgrams, prepareCaptions } from "./prepare-captions.js";

/** The names of BLEU's four scores. */
export const BLEU_NAMES = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"] as const;
/** One of {@link BLEU_NAMES}. */
export type BleuName = (typeof BLEU_NAMES)[number];

const TINY = 1e-15;
const SMALL = 1e-9;

/**
 * BLEU-1 to BLEU-4 of captions (Papineni et al. 2002) as pycocoevalcap computes them: corpus scores from summed
 * statistics, closest reference length, and precisions and lengths held off zero by 1e-15 and 1e-9, so that a perfect
 * caption scores a little less than 1.
 *
 * @param hypotheses one caption an image
 * @param references the references of each image
 * @returns scores from 0 to 1
 * @throws SimvlmError where an image has no references or the lists differ in length
 * @example bleu(["a dog runs"], [["the dog runs", "a dog is running"]]).scores.Bleu_1
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: CaptionOptions = {},
): MetricResult<BleuName> {
  return scoreBleu(prepareCaptions(hypotheses, references, options));
}

/** {@link bleu} of captions that are tokenised already. */
export function scoreBleu(corpus: Corpus, ngrams?: readonly NgramsOfOrder[]): MetricResult<BleuName> {
  const values = countClippedMatches(corpus, ngrams);
  const width = BLEU_COLUMNS.length;
  return createResult(bleuMetric, {
    values,
    signature: formatSignature("BLEU", describe(corpus)),
    explain: (place) => explainBleu(corpus, values.subarray(place * width, (place + 1) * width), place),
  });
}

/** {@link bleu} as a definition. */
export const bleuMetric: MetricDefinition<BleuName> = defineMetric({
  name: "bleu",
  range: [0, 1],
  title: "BLEU",
  scores: BLEU_NAMES,
  columns: BLEU_COLUMNS,
  prepare(input) {
    const corpus = input.share(captionCorpus);
    // counted at the first example: by then a metric beside this one may have numbered the n-grams
    return { corpus, rows: lazyRows(() => input.share(captionMatches)) };
  },
  statistics: (_, { rows }, place) => rows(place),
  scoresFromSums,
  explain: (_, { corpus, rows }, place) => explainBleu(corpus, rows(place), place),
  signature: (_, { corpus }) => describe(corpus),
});

/** The statistics of {@link captionCorpus}'s examples. */
export function captionMatches(input: MetricInput): Float64Array {
  return countClippedMatches(input.share(captionCorpus), input.findShared(captionNgrams));
}

function describe(corpus: Corpus): SignatureFields {
  return { nrefs: describeReferenceCounts(corpus), tok: corpus.tokenizer, reflen: "closest" };
}

function scoresFromSums(sums: Float64Array): number[] {
  const ratio = (sums[0]! + TINY) / (sums[1]! + SMALL);
  const penalty = ratio < 1 ? exp(1 - 1 / ratio) : 1;
  let product = 1;
  return BLEU_NAMES.map((_, k) => {
    product *= (sums[MATCHES + k]! + TINY) / (sums[TOTALS + k]! + SMALL);
    return root(product, (k + 1) as 1 | 2 | 3 | 4) * penalty;
  });
}
