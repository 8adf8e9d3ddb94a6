import { SimvlmError } from "../error.js";
import { type CiderOptions, scoreCider } from "./cider.js";
import { type CiderContribution, contributionsOf } from "./cider-contributions.js";
import { type DocumentFrequencyTable, inverseDocumentFrequencies, lookUpDocuments } from "./document-frequency.js";
import { numberNgrams } from "./ngrams.js";
import { prepareCaptions } from "./prepare-captions.js";

/** How CIDEr weighs the n-grams that are to be explained. */
export interface ExplainCiderOptions extends Omit<CiderOptions, "documentFrequencyName"> {
  /** Needed here: by the counts of one image alone every n-gram weighs nothing. See `documentFrequencies`. */
  readonly documentFrequency: DocumentFrequencyTable;
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
  const rows = ngrams.flatMap((grams) => {
    const documents = lookUpDocuments(corpus, grams, documentFrequency);
    const idf = inverseDocumentFrequencies(documents, documentFrequency.documents);
    return contributionsOf(corpus, { grams, documents, idf }, variant === "CIDEr-D", 0);
  });
  return { score: score!, rows };
}
