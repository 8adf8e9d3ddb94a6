import type { MetricInput } from "../input.js";
import { scanPtb } from "../text/ptb.js";
import { emitAll, type ScanLines, scanEach } from "../text/scan.js";
import { buildCorpus, type Corpus } from "./caption-corpus.js";
import { type NgramsOfOrder, numberNgrams } from "./ngrams.js";

/** How captions become tokens. */
export interface CaptionOptions {
  /**
   * `ptb` (default): the tokenizer of the published numbers. `none`: the captions are tokenised already, with one
   * space between tokens.
   */
  readonly tokenizer?: CaptionTokenizer;
}

/** The tokenizers of captions by name. */
export type CaptionTokenizer = "ptb" | "none";

const CAPTION_TOKENIZERS = {
  ptb: scanPtb,
  none: scanEach((caption, emit) => emitAll(caption.split(" "), emit)),
} as const satisfies Record<CaptionTokenizer, ScanLines>;

/**
 * Tokenises captions once for several metrics: `scoreBleu(corpus)`, `scoreCider(corpus)`, `scoreRougeL(corpus)`.
 * All hypotheses are one text and all references another, as in pycocoevalcap; see {@link ptbTokenizeAll}.
 *
 * @param hypotheses one caption an image
 * @param references the references of each image
 */
export function prepareCaptions(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { tokenizer = "ptb" }: CaptionOptions = {},
): Corpus {
  return buildCorpus(hypotheses, references, { name: tokenizer, scan: CAPTION_TOKENIZERS[tokenizer] });
}

/** The captions of the examples, tokenised once for all metrics that share it. */
export function captionCorpus({ examples }: MetricInput): Corpus {
  return prepareCaptions(
    examples.map(({ prediction }) => prediction),
    examples.map(({ references }) => references),
  );
}

/** The n-grams of {@link captionCorpus}, numbered once for all metrics that share it. */
export function captionNgrams(input: MetricInput): NgramsOfOrder[] {
  return numberNgrams(input.share(captionCorpus));
}
