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

/** What {@link tokenizeBlocks} tokenises. */
export interface BlocksRequest {
  /** All of them. */
  readonly blocks: readonly CaptionBlock[];
  /** In memory that all threads share, a place for each block: 0, or the number of the thread that has taken it. */
  readonly claims: Int32Array;
  /** The number of the thread that is asked, from 1. */
  readonly thread: number;
}

/** What one thread has tokenised. */
export interface PartOfBlocks {
  /** The tokens by their numbers in this part. */
  readonly tokens: readonly string[];
  /** Its blocks, by their place among all. */
  readonly blocks: readonly { readonly place: number; readonly lines: TokenLines }[];
}

/** Tokenises those of the blocks that no other thread has taken yet, until there are none. */
export function tokenizeBlocks({ blocks, claims, thread }: BlocksRequest): PartOfBlocks {
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
}

/** Captions, and their n-grams of one order. */
export interface OrderRequest {
  /** Captions and references. */
  readonly lines: CorpusLines;
  /** Their n-grams, numbered. */
  readonly grams: NgramsOfOrder;
}

const COUNTS = {
  /** ROUGE-L of each example. */
  overlaps: (corpus: OverlapCorpus): Float64Array => scoreOverlaps(corpus),
  /** BLEU's matches of each example at one order. */
  matches: ({ lines, grams }: OrderRequest): Int32Array => countMatches(lines, grams),
  /**
   * CIDEr-D's similarities of each example of each system at one order, summed over its references, which documents are
   * counted in.
   */
  similarities(systems: readonly OrderRequest[]): Float64Array[] {
    const [{ lines, grams }] = systems as [OrderRequest];
    const idf = inverseDocumentFrequencies(countDocuments(lines, grams), lines.size);
    return systems.map((own) => sumSimilarities(own.lines, own.grams, idf));
  },
};

/** What is counted of captions, by its name. */
export type CaptionCounts = typeof COUNTS;

/** A piece of counting, which the thread does that comes first. */
export interface CountPiece<Kind extends keyof CaptionCounts = keyof CaptionCounts> {
  /** What is counted. */
  readonly kind: Kind;
  /** What it is counted of. */
  readonly request: Parameters<CaptionCounts[Kind]>[0];
  /** In memory that all threads share, a place for each piece: 0, or 1 where a thread has taken it. */
  readonly claims: Int32Array;
  /** The piece's place. */
  readonly place: number;
}

/** What comes of a piece; undefined where another thread has taken it. */
export function countPiece<Kind extends keyof CaptionCounts>({
  kind,
  request,
  claims,
  place,
}: CountPiece<Kind>): ReturnType<CaptionCounts[Kind]> | undefined {
  if (Atomics.compareExchange(claims, place, 0, 1) !== 0) return undefined;
  return COUNTS[kind](request as never) as ReturnType<CaptionCounts[Kind]>;
}
