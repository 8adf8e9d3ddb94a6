import type { Prefixes } from "./normalize.js";

/** Phrases that mean the same, as numbers. */
export interface ParaphraseTable {
  /** The most words a phrase has. */
  readonly longest: number;
  /** The number of the word, or -1. */
  numberOf(word: string): number;
  /** The number of the phrase `words[start … start + length)`, or -1. */
  phraseAt(words: Int32Array, start: number, length: number): number;
  /** The phrases that stand for this one or that it stands for, in ascending order. */
  paraphrasesOf(phrase: number): Int32Array;
}

/** What METEOR knows of English. It does not come with this package; see `simvlm metrics install meteor`. */
export interface MeteorResources {
  /** Words that weigh little. */
  readonly functionWords: ReadonlySet<string>;
  /** The numbers of the sets of synonyms of a word. */
  readonly synsets: ReadonlyMap<string, readonly number[]>;
  /** The base forms of irregular words. */
  readonly exceptions: ReadonlyMap<string, readonly string[]>;
  /** Words that keep a dot at their end. */
  readonly prefixes: Prefixes;
  /** Left out where paraphrases are not looked at. */
  readonly paraphrases?: ParaphraseTable | undefined;
  /** Which these are, for signatures. */
  readonly name: string;
}
