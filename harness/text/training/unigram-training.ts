import { bestCounts, bestPath, buildLattice, expectedCounts, type Lattice, restrictLattice } from "./lattice.js";
import { Trie } from "./trie.js";
import type { Corpus } from "./word-corpus.js";

/** A unigram model in training. Its first `required` pieces are single characters, which are never taken away. */
export interface Model {
  readonly pieces: readonly string[];
  /** Log probabilities. [pieces] */
  readonly scores: Float64Array;
  readonly required: number;
  /** All segmentations of the corpus. */
  readonly lattice: Lattice;
}

/** A piece expected less often than this is of no use (SentencePiece's threshold). */
const MIN_EXPECTED_COUNT = 0.5;

/**
 * One step of expectation maximisation. New scores are digamma(count) - digamma(sum), the variational Bayesian
 * estimate that makes rare pieces rarer (Liang and Johnson 2007).
 */
export function estimate(model: Model): Model {
  const counts = expectedCounts(model.lattice, model.scores);
  const kept = [...counts.keys()].filter((piece) => piece < model.required || counts[piece]! >= MIN_EXPECTED_COUNT);
  for (const piece of kept) counts[piece] = Math.max(counts[piece]!, MIN_EXPECTED_COUNT);
  const logTotal = digamma(kept.reduce((sum, piece) => sum + counts[piece]!, 0));
  const scores = new Float64Array(counts.length);
  for (const piece of kept) scores[piece] = digamma(counts[piece]!) - logTotal;
  return select({ ...model, scores }, kept);
}

/**
 * Takes away the pieces that the corpus loses least likelihood without, until `size` are left. The loss of a piece is
 * estimated by letting each of its occurrences fall back on the next best way to cut it.
 */
export function prune(model: Model, size: number): Model {
  const { pieces, scores, required } = model;
  const counts = bestCounts(model.lattice, scores);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const inside = latticeOfPieces(pieces);
  const findBest = bestPath(inside, scores);
  const losses = pieces.map((_, piece) => {
    const count = counts[piece]!;
    if (piece < required) return Infinity;
    if (count === 0) return -Infinity;
    const parts = findBest(piece, piece).map((edge) => inside.edgePiece[edge]!);
    const newLogTotal = Math.log(total + count * (parts.length - 1));
    const alternative = parts.reduce((sum, part) => sum + Math.log(counts[part]! + count) - newLogTotal, 0);
    return count * (Math.log(count / total) - alternative);
  });
  const order = [...pieces.keys()].sort((a, b) => (losses[a] === losses[b] ? a - b : losses[b]! - losses[a]!));
  return select(
    model,
    order.slice(0, size).sort((a, b) => a - b),
  );
}

/** The model with only the `kept` pieces, in ascending order. */
function select(model: Model, kept: readonly number[]): Model {
  const renumbered = new Int32Array(model.pieces.length).fill(-1);
  for (const [i, piece] of kept.entries()) renumbered[piece] = i;
  return {
    pieces: kept.map((piece) => model.pieces[piece]!),
    scores: Float64Array.from(kept, (piece) => model.scores[piece]!),
    required: model.required,
    lattice: restrictLattice(model.lattice, renumbered),
  };
}

/** All segmentations of the pieces themselves: chunk i is piece i. */
function latticeOfPieces(pieces: readonly string[]): Lattice {
  const trie = new Trie();
  const symbols: number[] = [];
  const starts = [0];
  const nodes = pieces.map((piece) => {
    const from = symbols.length;
    for (const character of piece) symbols.push(character.codePointAt(0)!);
    starts.push(symbols.length);
    return trie.insert(symbols.slice(from));
  });
  const pieceAt = new Int32Array(trie.size).fill(-1);
  for (const [piece, node] of nodes.entries()) pieceAt[node] = piece;
  const corpus: Corpus = {
    symbols: Int32Array.from(symbols),
    starts: Int32Array.from(starts),
    weights: new Float64Array(pieces.length).fill(1),
  };
  return buildLattice(corpus, trie, pieceAt);
}

/** Derivative of log Γ, x > 0: recurrence up to 7, then the asymptotic series (Abramowitz and Stegun 6.3.18). */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 7; y++) shift -= 1 / y;
  const r = 1 / (y * y);
  return shift + Math.log(y) - 0.5 / y - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))));
}
