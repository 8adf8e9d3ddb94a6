import { SimvlmError } from "@simvlm/metrics";
import { FIRST_PIECE_ID, SPACE_MARK } from "../symbols.js";
import { type ScoredPiece, tokenizerFile, type UnigramFile } from "../tokenizer-file.js";
import { createSegmenter } from "../unigram.js";
import { buildLattice } from "./lattice.js";
import { findSeeds } from "./seeds.js";
import { estimate, type Model, prune } from "./unigram-training.js";
import { buildCorpus, chooseAlphabet, WordCounts } from "./word-corpus.js";

/** How large a vocabulary is learned, and from which candidates. */
export interface TrainingOptions {
  /**
   * How many pieces there are in all: 4 special tokens, 256 bytes, and the rest learned. Default 8,000; SimVLM's own
   * has 32,000.
   */
  readonly vocabSize?: number;
  /** Whether a text too small for `vocabSize` pieces is refused. If false, it gives as many as it can. Default true. */
  readonly exact?: boolean;
  /**
   * The share of the text's characters that get a piece of their own; the rest are written as bytes. Default 0.9995.
   */
  readonly coverage?: number;
  /** The longest piece, in characters, its space included. Default 16. */
  readonly maxPieceLength?: number;
  /** How many candidates to begin with. Default 1,000,000. */
  readonly seedSize?: number;
  /** Called while lines are read and after each round of fitting. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/**
 * How far training a vocabulary has come: `reading` comes every 10,000 lines, `fitting` after each round, with the
 * pieces that are left; at about `target` pieces it ends.
 */
export type TrainingProgress =
  | { readonly stage: "reading"; readonly lines: number }
  | { readonly stage: "fitting"; readonly round: number; readonly pieces: number; readonly target: number };

/** What training a vocabulary gives: the tokenizer as the content of a `tokenizer.json`, and how training went. */
export interface TrainedTokenizer {
  readonly file: UnigramFile;
  readonly report: TrainingReport;
}

/** How a vocabulary was learned: what the text held, and what became of it. */
export interface TrainingReport {
  readonly vocabSize: number;
  readonly lines: number;
  /** Words in the text, repetitions included. */
  readonly words: number;
  readonly distinctWords: number;
  /** How many characters have a piece of their own. */
  readonly alphabet: number;
  /** The share of the text that these characters make up. */
  readonly coverage: number;
  /** Candidates that training began with. */
  readonly seeds: number;
  /** How often candidates were fitted to the text. */
  readonly rounds: number;
  /** The mean on the training text. */
  readonly tokensPerWord: number;
}

const DEFAULTS = { vocabSize: 8_000, exact: true, coverage: 0.9995, maxPieceLength: 16, seedSize: 1_000_000 };
const LINES_PER_REPORT = 10_000;
const ESTIMATES_PER_ROUND = 2;
/** Share of the pieces that a round of pruning leaves. */
const SHRINK = 0.75;
/** Pruning by loss stops a little above the target; the last pieces go by their score. */
const SLACK = 1.1;

/**
 * Learns a unigram vocabulary of `vocabSize` pieces (Kudo 2018, arXiv 1804.10959, with the constants of SentencePiece).
 * Lines are cut into words at spaces. The same lines in the same order give the same file.
 * @throws SimvlmError `bad-option`, `empty-corpus`, `vocabulary-too-small`, `vocabulary-too-large`
 */
export function trainTokenizer(lines: Iterable<string>, options: TrainingOptions = {}): TrainedTokenizer {
  const counts = new WordCounts();
  for (const line of lines) countLine(counts, line, options);
  return trainFromCounts(counts, options);
}

/** Counts the words of one more line, and reports the progress. */
export function countLine(counts: WordCounts, line: string, { onProgress }: TrainingOptions): void {
  counts.add(line);
  if (counts.lines % LINES_PER_REPORT === 0) onProgress?.({ stage: "reading", lines: counts.lines });
}

/**
 * Learns a vocabulary from words that have been counted, see {@link trainTokenizer}.
 * @throws SimvlmError as {@link trainTokenizer}
 */
export function trainFromCounts(counts: WordCounts, options: TrainingOptions): TrainedTokenizer {
  const settings = { ...DEFAULTS, ...options };
  checkOptions(settings);
  if (counts.words === 0) {
    throw new SimvlmError(
      "empty-corpus",
      `There are no words in the ${counts.lines} lines to train a vocabulary from. Give more text.`,
    );
  }
  const target = settings.vocabSize - FIRST_PIECE_ID;
  const alphabet = chooseAlphabet(counts.counts, settings.coverage);
  const required = alphabet.characters.length;
  if (required > target) {
    const orLower = target > 0 ? ", or lower the coverage" : "";
    throw new SimvlmError(
      "vocabulary-too-small",
      `A vocabulary of ${settings.vocabSize} cannot hold ${FIRST_PIECE_ID} fixed pieces and the ${required} characters ` +
        `that cover ${settings.coverage} of the text. Ask for at least ${FIRST_PIECE_ID + required}${orLower}.`,
    );
  }
  const corpus = buildCorpus(counts.counts, alphabet);
  const seeds = findSeeds(corpus, alphabet.characters, settings.maxPieceLength, settings.seedSize);
  let model: Model = {
    pieces: seeds.pieces,
    scores: seeds.scores,
    required,
    lattice: buildLattice(corpus, seeds.trie, seeds.pieceAt),
  };
  const enough = Math.ceil(target * SLACK);
  let rounds = 0;
  for (;;) {
    for (let i = 0; i < ESTIMATES_PER_ROUND; i++) model = estimate(model);
    rounds++;
    options.onProgress?.({ stage: "fitting", round: rounds, pieces: model.pieces.length, target });
    if (model.pieces.length <= enough) break;
    model = prune(model, Math.max(enough, Math.floor(model.pieces.length * SHRINK)));
  }
  if (settings.exact && model.pieces.length < target) {
    throw new SimvlmError(
      "vocabulary-too-large",
      `The text (${counts.words} words, ${counts.counts.size} different) gives a vocabulary of at most ` +
        `${FIRST_PIECE_ID + model.pieces.length} pieces, not ${settings.vocabSize}. Ask for fewer or train on more text.`,
    );
  }
  const file = tokenizerFile(finalPieces(model, target));
  return {
    file,
    report: {
      vocabSize: file.model.vocab.length,
      lines: counts.lines,
      words: counts.words,
      distinctWords: counts.counts.size,
      alphabet: required,
      coverage: alphabet.coverage,
      seeds: seeds.pieces.length,
      rounds,
      tokensPerWord: tokensPerWord(counts, file),
    },
  };
}

function checkOptions({ vocabSize, coverage, maxPieceLength, seedSize }: typeof DEFAULTS): void {
  const faults = [
    [Number.isSafeInteger(vocabSize) && vocabSize > 0, `vocabSize is ${vocabSize}, not a positive integer`],
    [coverage > 0 && coverage <= 1, `coverage is ${coverage}, not in (0, 1]`],
    [
      Number.isInteger(maxPieceLength) && maxPieceLength >= 1 && maxPieceLength <= 255,
      `maxPieceLength is ${maxPieceLength}, not an integer from 1 to 255`,
    ],
    [Number.isSafeInteger(seedSize) && seedSize >= 0, `seedSize is ${seedSize}, not a whole number`],
  ] as const;
  for (const [good, message] of faults)
    if (!good) throw new SimvlmError("bad-option", `Training a vocabulary: ${message}.`);
}

/** The required characters and the best of the others, most probable first; scores in six decimals keep the file small. */
function finalPieces(model: Model, target: number): ScoredPiece[] {
  const scored = model.pieces.map((piece, i) => [piece.replace(" ", SPACE_MARK), round(model.scores[i]!)] as const);
  const others = scored.slice(model.required).sort(byScore);
  return [...scored.slice(0, model.required), ...others.slice(0, target - model.required)].sort(byScore);
}

const round = (score: number): number => Math.round(score * 1e6) / 1e6;

function byScore([a, scoreA]: ScoredPiece, [b, scoreB]: ScoredPiece): number {
  return scoreB - scoreA || (a < b ? -1 : 1);
}

function tokensPerWord(counts: WordCounts, file: UnigramFile): number {
  const segment = createSegmenter(file);
  let tokens = 0;
  for (const [word, count] of counts.counts) tokens += count * segment(word).length;
  return tokens / counts.words;
}
