import type { CorpusLines } from "../scores/caption-corpus.js";
import { sumSimilarities } from "../scores/cider-similarities.js";
import { countMatches } from "../scores/clipped-matches.js";
import { countDocuments, inverseDocumentFrequencies } from "../scores/document-frequency.js";
import type { NgramsOfOrder } from "../scores/ngrams.js";
import { type OverlapCorpus, scoreOverlaps } from "../scores/rouge.js";
import type { CaptionBlock } from "../text/ptb/caption-blocks.js";
import { PtbScanner } from "../text/ptb.js";
import { type TokenLines, TokenLinesBuilder } from "../text/token-lines.js";
import { Vocabulary } from "../text/token-numbers.js";

/** What one thread has tokenised. */
export interface PartOfBlocks {
  /** The tokens by their numbers in this part. */
  readonly tokens: readonly string[];
  /** Its blocks, by their place among all. */
  readonly blocks: readonly { readonly place: number; readonly lines: TokenLines }[];
}

/** What threads do with captions: functions of what can be sent to them, whose results can be sent back. */
export const CAPTION_WORK = {
  /**
   * Tokenises those of the blocks that no other thread has taken yet, until there are none.
   */
  tokenize({ blocks, claims, thread }: BlocksRequest): PartOfBlocks {
    const vocabulary = new Vocabulary();
    const scanner = new PtbScanner(vocabulary);
    const own: { place: number; lines: TokenLines }[] = [];
    for (const [place, block] of blocks.entries()) {
      if (Atomics.compareExchange(claims, place, 0, thread) !== 0) continue;
      const builder = new TokenLinesBuilder();
      scanner.scan(block, builder);
      const { ids, offsets } = builder.finish();
      own.push({ place, lines: { ids: ids.slice(), offsets } }); // what is sent is sent with the whole buffer that it lies in
    }
    return { tokens: vocabulary.tokens, blocks: own };
  },
  /** ROUGE-L of each example. */
  overlaps: (corpus: OverlapCorpus): Float64Array => scoreOverlaps(corpus),
  /** BLEU's matches of each example at one order. */
  matches: ({ lines, grams }: OrderRequest): Int32Array => countMatches(lines, grams),
  /** CIDEr-D's similarities of each example at one order, summed over its references, which documents are counted in. */
  similarities({ lines, grams }: OrderRequest): Float64Array {
    const idf = inverseDocumentFrequencies(countDocuments(lines, grams), lines.size);
    return sumSimilarities(lines, grams, idf);
  },
};

/** What {@link CAPTION_WORK} tokenises. */
export interface BlocksRequest {
  /** All of them. */
  readonly blocks: readonly CaptionBlock[];
  /** In memory that all threads share, a place for each block: 0, or the number of the thread that has taken it. */
  readonly claims: Int32Array;
  /** The number of the thread that is asked, from 1. */
  readonly thread: number;
}

/** Captions, and their n-grams of one order. */
export interface OrderRequest {
  /** Captions and references. */
  readonly lines: CorpusLines;
  /** Their n-grams, numbered. */
  readonly grams: NgramsOfOrder;
}
