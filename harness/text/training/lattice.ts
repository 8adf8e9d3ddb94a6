import type { Trie } from "./trie.js";
import type { Corpus } from "./word-corpus.js";

/**
 * Every way to cut the chunks into pieces: for each position, the pieces that begin there. It is built once; pruning
 * only takes pieces away.
 */
export interface Lattice {
  readonly corpus: Corpus;
  /** Where the edges of each position begin in `edgePiece`, and where the last ones end. [positions + 1] */
  readonly edgeStarts: Int32Array;
  /** [edges] */
  readonly edgePiece: Int32Array;
  /** [edges] */
  readonly edgeLength: Uint8Array;
}

/**
 * Finds every piece at every position.
 * @param pieceAt the piece that ends at each node of the trie, or -1
 */
export function buildLattice(corpus: Corpus, trie: Trie, pieceAt: Int32Array): Lattice {
  const { symbols, starts } = corpus;
  const edgeStarts = new Int32Array(symbols.length + 1);
  const pieces: number[] = [];
  const lengths: number[] = [];
  for (let chunk = 0; chunk + 1 < starts.length; chunk++) {
    const end = starts[chunk + 1]!;
    for (let position = starts[chunk]!; position < end; position++) {
      let node = 0;
      for (let next = position; next < end; next++) {
        node = trie.step(node, symbols[next]!);
        if (node < 0) break;
        const piece = pieceAt[node]!;
        if (piece < 0) continue;
        pieces.push(piece);
        lengths.push(next + 1 - position);
      }
      edgeStarts[position + 1] = pieces.length;
    }
  }
  return { corpus, edgeStarts, edgePiece: Int32Array.from(pieces), edgeLength: Uint8Array.from(lengths) };
}

/**
 * The lattice without the pieces that are gone.
 * @param renumbered the new number of each piece; -1 if it is gone
 */
export function restrictLattice(lattice: Lattice, renumbered: Int32Array): Lattice {
  const edgeStarts = new Int32Array(lattice.edgeStarts.length);
  const edgePiece = new Int32Array(lattice.edgePiece.length);
  const edgeLength = new Uint8Array(lattice.edgePiece.length);
  let kept = 0;
  for (let position = 0; position + 1 < edgeStarts.length; position++) {
    for (let edge = lattice.edgeStarts[position]!; edge < lattice.edgeStarts[position + 1]!; edge++) {
      const piece = renumbered[lattice.edgePiece[edge]!]!;
      if (piece < 0) continue;
      edgePiece[kept] = piece;
      edgeLength[kept++] = lattice.edgeLength[edge]!;
    }
    edgeStarts[position + 1] = kept;
  }
  return {
    corpus: lattice.corpus,
    edgeStarts,
    edgePiece: edgePiece.slice(0, kept),
    edgeLength: edgeLength.slice(0, kept),
  };
}

/**
 * How often each piece is expected to occur when every chunk is cut in every possible way, each way weighted by its
 * probability (forward-backward).
 * @param scores log probabilities of the pieces. [pieces]
 * @returns [pieces]
 */
export function expectedCounts(lattice: Lattice, scores: Float64Array): Float64Array {
  const { edgeStarts, edgePiece, edgeLength, corpus } = lattice;
  const { starts, weights } = corpus;
  const counts = new Float64Array(scores.length);
  const longest = longestChunk(corpus);
  const forward = new Float64Array(longest + 1); // log probability of all ways to reach a position
  const backward = new Float64Array(longest + 1);
  for (let chunk = 0; chunk < weights.length; chunk++) {
    const start = starts[chunk]!;
    const length = starts[chunk + 1]! - start;
    forward.fill(-Infinity, 0, length + 1);
    forward[0] = 0;
    for (let at = 0; at < length; at++) {
      for (let edge = edgeStarts[start + at]!; edge < edgeStarts[start + at + 1]!; edge++) {
        const to = at + edgeLength[edge]!;
        forward[to] = logAdd(forward[to]!, forward[at]! + scores[edgePiece[edge]!]!);
      }
    }
    const all = forward[length]!;
    backward[length] = 0;
    for (let at = length - 1; at >= 0; at--) {
      let sum = -Infinity;
      for (let edge = edgeStarts[start + at]!; edge < edgeStarts[start + at + 1]!; edge++) {
        const piece = edgePiece[edge]!;
        const path = scores[piece]! + backward[at + edgeLength[edge]!]!;
        sum = logAdd(sum, path);
        counts[piece]! += weights[chunk]! * Math.exp(forward[at]! + path - all);
      }
      backward[at] = sum;
    }
  }
  return counts;
}

/**
 * How often each piece occurs in the most probable segmentations (Viterbi).
 * @returns [pieces]
 */
export function bestCounts(lattice: Lattice, scores: Float64Array): Float64Array {
  const { edgePiece, corpus } = lattice;
  const counts = new Float64Array(scores.length);
  const findBest = bestPath(lattice, scores);
  for (let chunk = 0; chunk < corpus.weights.length; chunk++) {
    for (const edge of findBest(chunk, -1)) counts[edgePiece[edge]!]! += corpus.weights[chunk]!;
  }
  return counts;
}

/**
 * Finds the most probable way to cut a chunk (Viterbi).
 * @returns a function that gives the edges of a chunk's best path, last edge first, avoiding the piece `without`
 */
export function bestPath(lattice: Lattice, scores: Float64Array): (chunk: number, without: number) => number[] {
  const { edgeStarts, edgePiece, edgeLength, corpus } = lattice;
  const longest = longestChunk(corpus);
  const best = new Float64Array(longest + 1);
  const via = new Int32Array(longest + 1);
  return (chunk, without) => {
    const start = corpus.starts[chunk]!;
    const length = corpus.starts[chunk + 1]! - start;
    best.fill(-Infinity, 0, length + 1);
    best[0] = 0;
    for (let at = 0; at < length; at++) {
      for (let edge = edgeStarts[start + at]!; edge < edgeStarts[start + at + 1]!; edge++) {
        const piece = edgePiece[edge]!;
        const to = at + edgeLength[edge]!;
        const score = best[at]! + scores[piece]!;
        if (piece === without || score <= best[to]!) continue;
        best[to] = score;
        via[to] = edge;
      }
    }
    const edges: number[] = [];
    for (let at = length; at > 0; at -= edgeLength[via[at]!]!) edges.push(via[at]!);
    return edges;
  };
}

function longestChunk({ starts }: Corpus): number {
  let longest = 0;
  for (let chunk = 0; chunk + 1 < starts.length; chunk++) {
    longest = Math.max(longest, starts[chunk + 1]! - starts[chunk]!);
  }
  return longest;
}

function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
