import { ptbTokenizeAll } from "../../text/ptb.js";
import { splitWords } from "../../text/white-space.js";
import { distinctShare } from "./distinct.js";

/** What papers tell of a set of captions, in PTB's words. */
export interface CaptionStatistics {
  readonly captions: number;
  readonly words: number;
  /** Distinct words. */
  readonly vocabulary: number;
  /** Words of a caption: the mean, and what so many percent of the captions do not exceed. */
  readonly length: {
    readonly mean: number;
    readonly min: number;
    readonly p5: number;
    readonly median: number;
    readonly p95: number;
    readonly max: number;
  };
  /** Distinct words, and pairs of words, of all captions by their words. */
  readonly distinct_1: number;
  readonly distinct_2: number;
  /** The distinct captions by all captions. */
  readonly unique: number;
  /** The share of captions that are none of those trained on; absent where these are not known. */
  readonly novel?: number;
  /** The share of words that those trained on do not have. */
  readonly newWords?: number;
}

/**
 * Describes captions of any number of pictures.
 * @param training the captions that were trained on
 */
export function captionStatistics(captions: readonly string[], training?: readonly string[]): CaptionStatistics {
  const words = tokenize(captions);
  const texts = words.map((caption) => caption.join(" "));
  const lengths = Float64Array.from(words, ({ length }) => length).sort();
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const at = (share: number) => percentile(lengths, share);
  const known = training && tokenize(training);
  const [knownTexts, knownWords] = [new Set(known?.map((caption) => caption.join(" "))), new Set(known?.flat())];
  const shareOf = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length / items.length;
  return {
    captions: captions.length,
    words: all,
    vocabulary: new Set(words.flat()).size,
    length: { mean: all / captions.length, min: at(0), p5: at(0.05), median: at(0.5), p95: at(0.95), max: at(1) },
    distinct_1: distinctShare(words, 1),
    distinct_2: distinctShare(words, 2),
    unique: new Set(texts).size / texts.length,
    ...(known && {
      novel: shareOf(texts, (text) => !knownTexts.has(text)),
      newWords: all === 0 ? 0 : shareOf(words.flat(), (word) => !knownWords.has(word)),
    }),
  };
}

function tokenize(captions: readonly string[]): string[][] {
  return ptbTokenizeAll(captions).map((tokens) => tokens.flatMap(splitWords));
}

/** Linear interpolation between the sorted values, numpy's default. */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
