import { SPACE_MARK, splitWords } from "../symbols.js";

/**
 * Training text in the form that the trainer needs: the distinct chunks of all words, one after the other. A chunk is a
 * run of one kind of character, with the space before it at the start of a word; no piece can cross its border.
 */
export interface Corpus {
  /** Code points of all chunks. [positions] */
  readonly symbols: Int32Array;
  /** Where each chunk begins, and where the last one ends. [chunks + 1] */
  readonly starts: Int32Array;
  /** How often each chunk occurs. [chunks] */
  readonly weights: Float64Array;
}

/** The characters every vocabulary must have, most frequent first, and the share of all characters they are. */
export interface Alphabet {
  readonly characters: readonly string[];
  readonly coverage: number;
}

/** Counts words, line by line; a space alone is not a word. */
export class WordCounts {
  readonly counts = new Map<string, number>();
  lines = 0;
  words = 0;

  add(line: string): void {
    this.lines++;
    for (const word of splitWords(line)) {
      if (word === " ") continue;
      this.words++;
      this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    }
  }
}

/** Letters with their marks, digits, blanks and controls, or symbols; one space may stand in front. */
const CHUNK = / ?(?:[\p{L}\p{M}]+|\p{N}+|[\s\p{C}]+|[^\p{L}\p{M}\p{N}\s\p{C}]+)/gu;

/** The most frequent characters that together make up `coverage` of the text; the space is always among them. */
export function chooseAlphabet(counts: ReadonlyMap<string, number>, coverage: number): Alphabet {
  const frequency = new Map<string, number>();
  let total = 0;
  for (const [word, count] of counts) {
    for (const character of word) {
      frequency.set(character, (frequency.get(character) ?? 0) + count);
      total += count;
    }
  }
  // Half a surrogate pair cannot be written to a file, and U+2581 in a text would read as a space: both go by bytes.
  const candidates = [...frequency].filter(([character]) => character !== SPACE_MARK && !/\p{Cs}/u.test(character));
  candidates.sort(([a, countA], [b, countB]) => countB - countA || a.codePointAt(0)! - b.codePointAt(0)!);
  const characters = [" "];
  let covered = frequency.get(" ") ?? 0;
  for (const [character, count] of candidates) {
    if (covered >= coverage * total) break;
    if (character === " ") continue;
    characters.push(character);
    covered += count;
  }
  return { characters, coverage: total === 0 ? 1 : covered / total };
}

/** Cuts the words into chunks; a character outside the alphabet ends a chunk and is dropped. */
export function buildCorpus(counts: ReadonlyMap<string, number>, alphabet: Alphabet): Corpus {
  const known = new Set(alphabet.characters);
  const weightOf = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const [chunk] of word.matchAll(CHUNK)) {
      for (const part of knownRuns(chunk, known)) weightOf.set(part, (weightOf.get(part) ?? 0) + count);
    }
  }
  const symbols: number[] = [];
  const starts = [0];
  for (const chunk of weightOf.keys()) {
    for (const character of chunk) symbols.push(character.codePointAt(0)!);
    starts.push(symbols.length);
  }
  return {
    symbols: Int32Array.from(symbols),
    starts: Int32Array.from(starts),
    weights: Float64Array.from(weightOf.values()),
  };
}

function knownRuns(chunk: string, known: ReadonlySet<string>): string[] {
  const runs = [""];
  for (const character of chunk) {
    if (known.has(character)) runs[runs.length - 1] += character;
    else runs.push("");
  }
  return runs.filter((run) => run !== "");
}
