import type { MeteorText, Span, Word } from "./meteor-text.js";
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

/** Every match of a place of the hypothesis with a place of the reference, by where it begins in the reference. */
export function findMatches(hypothesis: MeteorText, reference: MeteorText, resources: MeteorResources): Match[][] {
  const matches: Match[][] = [];
  for (let j = 0; j < reference.words.length; j++) matches.push(findExact(hypothesis.words, reference.words[j]!, j));
  if (isIdentical(hypothesis.words, reference.words)) return matches;
  for (const [j, word] of reference.words.entries()) addStems(hypothesis.words, word, j, matches[j]!);
  addSynonyms(hypothesis.words, reference.words, matches);
  // What the table has in both directions counts twice, and so is never without a rival.
  const add = (i: Span, j: Span) => matches[j.start]!.push({ module: 3, hypothesis: i, reference: j });
  forParaphrases(reference, hypothesis, resources, (j, i) => add(i, j));
  forParaphrases(hypothesis, reference, resources, add);
  return matches;
}

function ofWords(module: number, i: number, j: number): Match {
  return { module, hypothesis: { start: i, length: 1 }, reference: { start: j, length: 1 } };
}

function isIdentical(hypothesis: readonly Word[], reference: readonly Word[]): boolean {
  if (hypothesis.length !== reference.length) return false;
  for (let i = 0; i < hypothesis.length; i++) if (hypothesis[i]!.identity !== reference[i]!.identity) return false;
  return true;
}

function findExact(words: readonly Word[], { identity }: Word, j: number): Match[] {
  const found: Match[] = [];
  for (let i = 0; i < words.length; i++) if (words[i]!.identity === identity) found.push(ofWords(0, i, j));
  return found;
}

function addStems(words: readonly Word[], { stem, identity }: Word, j: number, found: Match[]): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.stem === stem && word.identity !== identity) found.push(ofWords(1, i, j));
  }
}

const WORD_BITS = 32;
/** Which of 32 words of the hypothesis have each set of synonyms, as bits; all 0 between uses. */
let having = new Int32Array(1 << 12);

function addSynonyms(hypothesis: readonly Word[], reference: readonly Word[], matches: readonly Match[][]): void {
  for (let first = 0; first < hypothesis.length; first += WORD_BITS) {
    const end = Math.min(first + WORD_BITS, hypothesis.length);
    for (let i = first; i < end; i++) for (const id of hypothesis[i]!.synsets) mark(id, 1 << (i - first));
    for (let j = 0; j < reference.length; j++) {
      const { synsets, identity } = reference[j]!;
      let bits = 0;
      for (const id of synsets) if (id < having.length) bits |= having[id]!;
      for (let i = first; bits !== 0; i++, bits >>>= 1) {
        if (bits & 1 && hypothesis[i]!.identity !== identity) matches[j]!.push(ofWords(2, i, j));
      }
    }
    for (let i = first; i < end; i++) for (const id of hypothesis[i]!.synsets) having[id] = 0;
  }
}

function mark(id: number, bit: number): void {
  if (id >= having.length) {
    const larger = new Int32Array(2 * id);
    larger.set(having);
    having = larger;
  }
  having[id]! |= bit;
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
    const own = paraphrases.paraphrasesOf(span.phrase);
    for (let k = 0; k < own.length; k++) if (isThere[own[k]! & THERE_MASK]) found.add(own[k]!);
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
