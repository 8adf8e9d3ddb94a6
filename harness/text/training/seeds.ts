import { Trie } from "./trie.js";
import type { Corpus } from "./word-corpus.js";

/** Candidate pieces: the alphabet first, then the frequent substrings. */
export interface Seeds {
  readonly trie: Trie;
  /** The piece that ends at each node of the trie, or -1. [nodes] */
  readonly pieceAt: Int32Array;
  readonly pieces: readonly string[];
  /** Starting scores, log probabilities. [pieces] */
  readonly scores: Float64Array;
}

/**
 * The `limit` substrings of the chunks with the greatest frequency × length, of 2 to `maxLength` characters and
 * occurring at least twice. They are found level by level: a substring can only be frequent if it is so without its
 * last character and without its first. One that is always followed by the same character is left to its extension.
 */
export function findSeeds(corpus: Corpus, alphabet: readonly string[], maxLength: number, limit: number): Seeds {
  const trie = new Trie();
  const frequency: number[] = [0];
  const parent: number[] = [0];
  const symbol: number[] = [0];
  const depth: number[] = [0];
  const { symbols, starts, weights } = corpus;
  const nodeAt = new Int32Array(symbols.length); // the substring that begins at each position, -1 when rare

  for (let length = 1; length <= maxLength; length++) {
    const firstOfLevel = trie.size;
    for (let chunk = 0; chunk < weights.length; chunk++) {
      const end = starts[chunk + 1]!;
      for (let position = starts[chunk]!; position < end; position++) {
        const last = position + length - 1;
        const before = nodeAt[position]!;
        if (last >= end || before < 0 || (length > 1 && nodeAt[position + 1]! < 0)) {
          nodeAt[position] = -1;
          continue;
        }
        const node = trie.add(before, symbols[last]!);
        if (node === frequency.length) {
          frequency.push(0);
          parent.push(before);
          symbol.push(symbols[last]!);
          depth.push(length);
        }
        frequency[node]! += weights[chunk]!;
        nodeAt[position] = node;
      }
    }
    if (trie.size === firstOfLevel) break;
    for (let position = 0; position < nodeAt.length; position++) {
      const node = nodeAt[position]!;
      if (node >= 0 && frequency[node]! < 2) nodeAt[position] = -1;
    }
  }

  const extended = new Uint8Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    if (frequency[node] === frequency[parent[node]!]) extended[parent[node]!] = 1;
  }
  const weight = (node: number): number => frequency[node]! * depth[node]!;
  const chosen: number[] = [];
  for (let node = 1; node < trie.size; node++) {
    if (depth[node]! > 1 && frequency[node]! >= 2 && extended[node] === 0) chosen.push(node);
  }
  chosen.sort((a, b) => weight(b) - weight(a) || a - b);
  const nodes = [...alphabet.map((character) => trie.add(0, character.codePointAt(0)!)), ...chosen.slice(0, limit)];

  const pieceAt = new Int32Array(trie.size).fill(-1);
  for (const [piece, node] of nodes.entries()) pieceAt[node] = piece;
  const spell = (node: number): string =>
    node === 0 ? "" : spell(parent[node]!) + String.fromCodePoint(symbol[node]!);
  const total = nodes.reduce((sum, node) => sum + weight(node), 0);
  return {
    trie,
    pieceAt,
    pieces: nodes.map(spell),
    scores: Float64Array.from(nodes, (node) => Math.log(weight(node) / total)),
  };
}
