import { stemEnglish } from "../../text/english-stem.js";
import type { MeteorResources } from "./resources.js";

/** How two words or phrases match, in the order in which METEOR tries. */
export const MODULES = ["exact", "stem", "synonym", "paraphrase"] as const;

/** A place of the hypothesis that matches a place of the reference. */
export interface Match {
  /** The number of its module in {@link MODULES}. */
  readonly module: number;
  readonly hypothesis: Span;
  readonly reference: Span;
}

/** Words from `start` on. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** A text as METEOR compares it: all that is looked up of its words. */
export interface MeteorText {
  readonly words: readonly string[];
  /** 1 for a word that weighs little. */
  readonly isFunctionWord: Uint8Array;
  /** What tells words apart: Java's hashes of strings, so that two words can be taken for one. */
  readonly identities: Int32Array;
  readonly stems: Int32Array;
  readonly synsets: readonly SynsetIds[];
  /** The phrases of the table of paraphrases that stand in it. */
  readonly phrases: readonly (Span & { readonly phrase: number })[];
}

/** Sets of synonyms by number. */
interface SynsetIds {
  readonly ids: ReadonlySet<number>;
  /** A bit for each, several on one: two words without a common bit have no common set. */
  readonly mask: number;
}

/** What is looked up of a word. */
interface Word {
  readonly isFunctionWord: boolean;
  readonly identity: number;
  readonly stem: number;
  readonly synsets: SynsetIds;
  /** In the table of paraphrases; -1 for none. */
  readonly number: number;
}

/** Looks up the words of a text, remembering what was found of each. */
export function createReader(resources: MeteorResources): (words: readonly string[]) => MeteorText {
  const known = new Map<string, Word>();
  const lookUp = (word: string): Word => {
    const found = known.get(word);
    if (found) return found;
    const entry: Word = {
      isFunctionWord: resources.functionWords.has(word),
      identity: hashCode(word),
      stem: hashCode(stemEnglish(word)),
      synsets: synsetsOf(word, resources),
      number: resources.paraphrases?.numberOf(word) ?? -1,
    };
    known.set(word, entry);
    return entry;
  };
  return (words) => {
    const entries = words.map(lookUp);
    return {
      words,
      isFunctionWord: Uint8Array.from(entries, ({ isFunctionWord }) => Number(isFunctionWord)),
      identities: Int32Array.from(entries, ({ identity }) => identity),
      stems: Int32Array.from(entries, ({ stem }) => stem),
      synsets: entries.map(({ synsets }) => synsets),
      phrases: findPhrases(
        Int32Array.from(entries, ({ number }) => number),
        resources,
      ),
    };
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
function synsetsOf(word: string, { synsets, exceptions }: MeteorResources): SynsetIds {
  const bases = exceptions.get(word) ?? regularBase(word, synsets);
  const ids = new Set([word, ...bases].flatMap((form) => synsets.get(form) ?? []));
  let mask = 0;
  for (const id of ids) mask |= 1 << (Math.imul(id, 0x9e3779b1) >>> 27);
  return { ids, mask };
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

function findPhrases(numbers: Int32Array, { paraphrases }: MeteorResources): MeteorText["phrases"] {
  if (paraphrases === undefined) return [];
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

/** Every match of a place of the hypothesis with a place of the reference, by where it begins in the reference. */
export function findMatches(hypothesis: MeteorText, reference: MeteorText, resources: MeteorResources): Match[][] {
  const matches: Match[][] = reference.words.map(() => []);
  const add = (module: number, i: Span, j: Span) => matches[j.start]!.push({ module, hypothesis: i, reference: j });
  const addWords = (module: number, matching: (i: number, j: number) => boolean) => {
    for (let j = 0; j < reference.words.length; j++) {
      for (let i = 0; i < hypothesis.words.length; i++) {
        if (matching(i, j)) add(module, { start: i, length: 1 }, { start: j, length: 1 });
      }
    }
  };
  const isSame = (i: number, j: number) => hypothesis.identities[i] === reference.identities[j];
  addWords(0, isSame);
  const isIdentical =
    hypothesis.words.length === reference.words.length && hypothesis.words.every((_, i) => isSame(i, i));
  if (isIdentical) return matches;
  addWords(1, (i, j) => hypothesis.stems[i] === reference.stems[j] && !isSame(i, j));
  addWords(2, (i, j) => !isSame(i, j) && intersect(hypothesis.synsets[i]!, reference.synsets[j]!));
  // What the table has in both directions counts twice, and so is never without a rival.
  forParaphrases(reference, hypothesis, resources, (j, i) => add(3, i, j));
  forParaphrases(hypothesis, reference, resources, (i, j) => add(3, i, j));
  return matches;
}

function intersect(a: SynsetIds, b: SynsetIds): boolean {
  if ((a.mask & b.mask) === 0) return false;
  for (const id of a.ids) if (b.ids.has(id)) return true;
  return false;
}

/** Gives every phrase of a text with every place of the other that has one of its paraphrases. */
function forParaphrases(
  text: MeteorText,
  other: MeteorText,
  { paraphrases }: MeteorResources,
  give: (span: Span, place: Span) => void,
): void {
  if (paraphrases === undefined) return;
  for (const { phrase } of other.phrases) isThere[phrase & THERE_MASK] = 1;
  for (const span of text.phrases) {
    for (const phrase of paraphrases.paraphrasesOf(span.phrase)) if (isThere[phrase & THERE_MASK]) found.add(phrase);
    if (found.size === 0) continue;
    for (const place of other.phrases) if (found.has(place.phrase)) give(span, place);
    found.clear();
  }
  for (const { phrase } of other.phrases) isThere[phrase & THERE_MASK] = 0;
}

const THERE_MASK = 0xffff;
/** Whether a phrase may stand in the other text, by the last bits of its number; all 0 between uses. */
const isThere = new Uint8Array(THERE_MASK + 1);
const found = new Set<number>();
