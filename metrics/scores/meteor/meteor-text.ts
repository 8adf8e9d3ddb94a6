import { stemEnglish } from "../../text/english-stem.js";
import type { MeteorResources } from "./resources.js";

/** Words from `start` on. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** A text as METEOR compares it: all that is looked up of its words. */
export interface MeteorText {
  readonly words: readonly Word[];
  /** The phrases of the table of paraphrases that stand in it. */
  readonly phrases: readonly (Span & { readonly phrase: number })[];
}

/** What is looked up of a word. */
export interface Word {
  readonly text: string;
  /** Whether it weighs little. */
  readonly isFunctionWord: boolean;
  /** What tells words apart: Java's hash of the string, so that two words can be taken for one. */
  readonly identity: number;
  readonly stem: number;
  /** Its sets of synonyms, by numbers that a reader counts from 0. */
  readonly synsets: readonly number[];
  /** In the table of paraphrases; -1 for none. */
  readonly number: number;
}

/** Looks up words, remembering what was found of each, and makes texts of them. */
export interface MeteorReader {
  lookUp(word: string): Word;
  textOf(words: readonly Word[]): MeteorText;
}

/** A reader; texts of two readers cannot be compared. */
export function createReader(resources: MeteorResources): MeteorReader {
  const known = new Map<string, Word>();
  const synsetNumbers = new Map<number, number>();
  const numberOf = (synset: number) => {
    const number = synsetNumbers.get(synset) ?? synsetNumbers.size;
    synsetNumbers.set(synset, number);
    return number;
  };
  return {
    lookUp(word) {
      const found = known.get(word);
      if (found) return found;
      const entry: Word = {
        text: word,
        isFunctionWord: resources.functionWords.has(word),
        identity: hashCode(word),
        stem: hashCode(stemEnglish(word)),
        synsets: synsetsOf(word, resources).map(numberOf),
        number: resources.paraphrases?.numberOf(word) ?? -1,
      };
      known.set(word, entry);
      return entry;
    },
    textOf: (words) => ({ words, phrases: findPhrases(words, resources) }),
  };
}

/** Java's String.hashCode. */
function hashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** WordNet's endings of inflected words, and what stands in their place. */
const ENDINGS: readonly (readonly [ending: string, base: string])[] = [
  ["s", ""],
  ["ses", "s"],
  ["xes", "x"],
  ["zes", "z"],
  ["ches", "ch"],
  ["shes", "sh"],
  ["men", "man"],
  ["ies", "y"],
  ["es", "e"],
  ["es", ""],
  ["ed", "e"],
  ["ed", ""],
  ["ing", "e"],
  ["ing", ""],
  ["er", ""],
  ["est", ""],
  ["er", "e"],
  ["est", "e"],
];

/** Those of the word, and of its base forms: an irregular word has all of its own, another the first that is known. */
function synsetsOf(word: string, { synsets, exceptions }: MeteorResources): number[] {
  const bases = exceptions.get(word) ?? regularBase(word, synsets);
  return [...new Set([word, ...bases].flatMap((form) => synsets.get(form) ?? []))];
}

function regularBase(word: string, synsets: MeteorResources["synsets"]): string[] {
  if (word.length < 3 || word.endsWith("ss")) return [];
  for (const [ending, base] of ENDINGS) {
    if (!word.endsWith(ending)) continue;
    const form = word.slice(0, word.length - ending.length) + base;
    if (synsets.has(form)) return [form];
  }
  return [];
}

function findPhrases(words: readonly Word[], { paraphrases }: MeteorResources): MeteorText["phrases"] {
  if (paraphrases === undefined) return [];
  const numbers = new Int32Array(words.length);
  for (let i = 0; i < words.length; i++) numbers[i] = words[i]!.number;
  const found: (Span & { phrase: number })[] = [];
  for (let start = 0; start < numbers.length; start++) {
    for (let length = 1; length <= paraphrases.longest && start + length <= numbers.length; length++) {
      if (numbers[start + length - 1]! < 0) break;
      const phrase = paraphrases.phraseAt(numbers, start, length);
      if (phrase >= 0) found.push({ start, length, phrase });
    }
  }
  return found;
}
