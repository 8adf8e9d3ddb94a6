import { FIRST_BYTE_ID, FIRST_PIECE_ID, SPACE_MARK } from "./symbols.js";
import type { ScoredPiece } from "./tokenizer-file.js";
import { Trie } from "./trie.js";

/** How much worse than the worst piece a character outside the vocabulary is, as in SentencePiece. */
const UNKNOWN_PENALTY = 10;
const CACHED_WORDS = 1 << 16;
const CACHED_LENGTH = 48;

/**
 * The most probable segmentation of a word (Viterbi over a unigram language model: Kudo 2018, arXiv 1804.10959).
 * A character that no piece covers becomes its UTF-8 bytes.
 * @returns a function from a word, as `splitWords` gives it, to token ids
 */
export function createSegmenter(vocab: readonly ScoredPiece[]): (word: string) => readonly number[] {
  const trie = new Trie();
  const idOf: number[] = [];
  let lowest = 0;
  for (let id = FIRST_PIECE_ID; id < vocab.length; id++) {
    const [piece, score] = vocab[id]!;
    idOf[trie.insert(codePoints(piece.replace(SPACE_MARK, " ")))] = id;
    lowest = Math.min(lowest, score);
  }
  const pieceAt = Int32Array.from({ length: trie.size }, (_, node) => idOf[node] ?? -1);
  const scores = Float64Array.from(vocab, ([, score]) => score);
  const unknownScore = lowest - UNKNOWN_PENALTY;
  const cache = new Map<string, readonly number[]>();

  return (word) => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const ids = segment(codePoints(word), trie, pieceAt, scores, unknownScore);
    if (word.length <= CACHED_LENGTH) {
      if (cache.size >= CACHED_WORDS) cache.clear();
      cache.set(word, ids);
    }
    return ids;
  };
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

function segment(
  symbols: readonly number[],
  trie: Trie,
  pieceAt: Int32Array,
  scores: Float64Array,
  unknownScore: number,
): number[] {
  const length = symbols.length;
  const best = new Float64Array(length + 1).fill(-Infinity);
  const from = new Int32Array(length + 1);
  const via = new Int32Array(length + 1);
  best[0] = 0;
  const reach = (start: number, end: number, id: number, score: number) => {
    const total = best[start]! + score;
    // Strictly greater: of equal paths the one with the longer last piece stays, as in the reference.
    if (total > best[end]!) {
      best[end] = total;
      from[end] = start;
      via[end] = id;
    }
  };
  for (let start = 0; start < length; start++) {
    let single = false;
    let node = trie.step(0, symbols[start]!);
    for (let end = start + 1; node >= 0; end++) {
      const id = pieceAt[node]!;
      if (id >= 0) {
        reach(start, end, id, scores[id]!);
        single ||= end === start + 1;
      }
      node = end < length ? trie.step(node, symbols[end]!) : -1;
    }
    if (!single) reach(start, start + 1, -1, unknownScore);
  }
  const ids: number[] = [];
  for (let end = length; end > 0; end = from[end]!) {
    if (via[end]! >= 0) ids.push(via[end]!);
    else ids.push(...byteIds(symbols[end - 1]!).reverse());
  }
  return ids.reverse();
}

const utf8 = new TextEncoder();

function byteIds(symbol: number): number[] {
  return Array.from(utf8.encode(String.fromCodePoint(symbol)), (byte) => FIRST_BYTE_ID + byte);
}
