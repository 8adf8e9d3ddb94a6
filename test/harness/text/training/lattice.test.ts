import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../harness/random.js";
import {
  bestCounts,
  buildLattice,
  expectedCounts,
  restrictLattice,
} from "../../../../harness/text/training/lattice.js";
import { findSeeds } from "../../../../harness/text/training/seeds.js";
import { digamma } from "../../../../harness/text/training/unigram-training.js";
import { buildCorpus, chooseAlphabet, WordCounts } from "../../../../harness/text/training/word-corpus.js";

function prepare(lines: readonly string[], maxLength = 16) {
  const counts = new WordCounts();
  for (const line of lines) counts.add(line);
  const alphabet = chooseAlphabet(counts.counts, 1);
  const corpus = buildCorpus(counts.counts, alphabet);
  const seeds = findSeeds(corpus, alphabet.characters, maxLength, 1000);
  return { counts, alphabet, corpus, seeds, lattice: buildLattice(corpus, seeds.trie, seeds.pieceAt) };
}

const chunksOf = ({ corpus }: ReturnType<typeof prepare>): [string, number][] =>
  Array.from(corpus.weights, (weight, i) => [
    String.fromCodePoint(...corpus.symbols.slice(corpus.starts[i], corpus.starts[i + 1])),
    weight,
  ]);

/** Every way to cut `text` into pieces. */
function segmentations(text: string, pieces: readonly string[]): string[][] {
  if (text === "") return [[]];
  return pieces
    .filter((piece) => text.startsWith(piece))
    .flatMap((piece) => segmentations(text.slice(piece.length), pieces).map((rest) => [piece, ...rest]));
}

describe("corpus", () => {
  it("cuts words into chunks of one kind and counts them", () => {
    const chunks = chunksOf(prepare(["Two dogs, 2 dogs!", "  dogs' "]));
    expect(Object.fromEntries(chunks)).toEqual({ " Two": 1, " dogs": 3, ",": 1, " 2": 1, "!": 1, "'": 1 });
  });

  it("keeps marks with their letters and surrogate pairs whole", () => {
    const chunks = chunksOf(prepare(["e\u0301te\u0301 🐶🐶x"]));
    expect(chunks.map(([chunk]) => chunk)).toEqual([" e\u0301te\u0301", " 🐶🐶", "x"]);
  });

  it("takes the most frequent characters until they cover the text, never U+2581", () => {
    const counts = new Map([
      [" aaaa", 10],
      [" ab\u2581", 1],
    ]);
    expect(chooseAlphabet(counts, 0.9)).toEqual({ characters: [" ", "a"], coverage: 52 / 54 });
    expect(chooseAlphabet(counts, 1).characters).toEqual([" ", "a", "b"]);
  });
});

describe("seeds", () => {
  it("are the substrings that occur twice, up to the longest length, save those that always go on alike", () => {
    const seeds = (lines: string[], length?: number) => prepare(lines, length).seeds.pieces.filter((p) => p.length > 1);
    expect(new Set(seeds(["abab"]))).toEqual(new Set(["ab"]));
    expect(new Set(seeds(["abc", "abd"]))).toEqual(new Set([" ab", "ab"]));
    expect(new Set(seeds(["abc", "abd"], 2))).toEqual(new Set([" a", "ab"]));
    expect(seeds(["abc"])).toEqual([]);
  });

  it("weigh frequency times length", () => {
    const { seeds } = prepare(["ab ab ab", "xyz xyz"]);
    const weights = seeds.scores.slice(-5).map((score, _, all) => Math.exp(score - all.at(-1)!) * 4);
    expect(seeds.pieces.slice(-5)).toEqual([" ab", " xyz", "ab", "xyz", "yz"]);
    for (const [i, weight] of [9, 8, 6, 6, 4].entries()) expect(weights[i]).toBeCloseTo(weight, 9);
  });
});

describe("expected counts", () => {
  const prepared = prepare(["banana bandana ban", "ananas and ana", "nab a dab"]);
  const { lattice, seeds } = prepared;
  const random = createRandom(11);
  const scores = Float64Array.from(seeds.pieces, () => -1 - 6 * random.next());
  const scoreOf = new Map(seeds.pieces.map((piece, i) => [piece, scores[i]!]));
  const scoreOfPath = (path: readonly string[]) => path.reduce((sum, piece) => sum + scoreOf.get(piece)!, 0);

  it("equal the sum over all segmentations, each by its probability", () => {
    const expected = new Map(seeds.pieces.map((piece) => [piece, 0]));
    for (const [chunk, weight] of chunksOf(prepared)) {
      const paths = segmentations(chunk, seeds.pieces);
      const total = paths.reduce((sum, path) => sum + Math.exp(scoreOfPath(path)), 0);
      for (const path of paths) {
        const share = (weight * Math.exp(scoreOfPath(path))) / total;
        for (const piece of path) expected.set(piece, expected.get(piece)! + share);
      }
    }
    const counts = expectedCounts(lattice, scores);
    for (const [i, piece] of seeds.pieces.entries()) expect(counts[i], piece).toBeCloseTo(expected.get(piece)!, 10);
  });

  it("of the best segmentations are those of the best path", () => {
    const expected = new Map(seeds.pieces.map((piece) => [piece, 0]));
    for (const [chunk, weight] of chunksOf(prepared)) {
      const paths = segmentations(chunk, seeds.pieces).sort((a, b) => scoreOfPath(b) - scoreOfPath(a));
      for (const piece of paths[0]!) expected.set(piece, expected.get(piece)! + weight);
    }
    expect([...bestCounts(lattice, scores)]).toEqual([...expected.values()]);
  });

  it("after a restriction are those of the pieces left", () => {
    const kept = seeds.pieces.filter((piece, i) => piece.length === 1 || i % 2 === 0);
    const renumbered = Int32Array.from(seeds.pieces, (piece) => kept.indexOf(piece));
    const keptScores = Float64Array.from(kept, (piece) => scoreOf.get(piece)!);
    const counts = expectedCounts(restrictLattice(lattice, renumbered), keptScores);
    const forbidden = Float64Array.from(seeds.pieces, (piece, i) => (kept.includes(piece) ? scores[i]! : -Infinity));
    const same = expectedCounts(lattice, forbidden);
    for (const [i, piece] of kept.entries()) expect(counts[i]).toBeCloseTo(same[seeds.pieces.indexOf(piece)]!, 10);
  });
});

describe("digamma", () => {
  it.each([
    [1, -0.5772156649015329],
    [0.5, -1.9635100260214235],
    [2, 0.4227843350984671],
    [10, 2.251752589066721],
    [1000, 6.907255195648812],
  ])("of %d is %d", (x, expected) => {
    expect(digamma(x)).toBeCloseTo(expected, 10);
  });
});
