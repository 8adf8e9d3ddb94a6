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
   * @param request `claims`, which all threads share, has a place for each block: 0, or `thread`, a number from 1
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

interface BlocksRequest {
  readonly blocks: readonly CaptionBlock[];
  readonly claims: Int32Array;
  readonly thread: number;
}

interface OrderRequest {
  readonly lines: CorpusLines;
  readonly grams: NgramsOfOrder;
}

/** The kinds of work, see {@link CAPTION_WORK}. */
export type CaptionWork = typeof CAPTION_WORK;

/** A thread that does {@link CAPTION_WORK}, one piece after the other. */
export interface CaptionHelper {
  /** Asks for a piece of work. */
  ask<Kind extends keyof CaptionWork>(
    kind: Kind,
    request: Parameters<CaptionWork[Kind]>[0],
  ): Promise<ReturnType<CaptionWork[Kind]>>;
}
