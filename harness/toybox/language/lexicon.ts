import type { Noun, SaidRelationName } from "../world/facts.js";
import type { Background, Color, Size } from "../world/kinds.js";
import { ADJECTIVE_ENDINGS, declineNoun } from "./german.js";
import { NOUNS } from "./nouns.js";
import { ADVERBS, COLOR_WORDS, NUMBER_WORDS, PLACES, RELATION_PHRASES, SIDES, SIZE_WORDS } from "./words.js";

/** What a word or phrase of either language means. */
export type Meaning =
  /** `plural` is absent where singular and plural look the same. */
  | { readonly type: "noun"; readonly noun: Noun; readonly plural?: boolean | undefined }
  | { readonly type: "color"; readonly color: Color }
  | { readonly type: "size"; readonly size: Size }
  | { readonly type: "number"; readonly count: number }
  | { readonly type: "article"; readonly definite: boolean }
  | { readonly type: "relation"; readonly name: SaidRelationName }
  | { readonly type: "adverb"; readonly name: SaidRelationName }
  | { readonly type: "side"; readonly side: "left" | "right" }
  | { readonly type: "place"; readonly background: Background }
  | { readonly type: "and" | "with" | "is" };

const FUNCTION_WORDS: Record<string, Meaning> = {
  ...toArticles(["a", "an", "ein", "eine", "einen", "einem", "einer"], false),
  ...toArticles(["the", "der", "die", "das", "den", "dem"], true),
  and: { type: "and" },
  und: { type: "and" },
  with: { type: "with" },
  mit: { type: "with" },
  is: { type: "is" },
  are: { type: "is" },
  ist: { type: "is" },
  sind: { type: "is" },
};

function toArticles(words: readonly string[], definite: boolean): Record<string, Meaning> {
  return Object.fromEntries(words.map((word) => [word, { type: "article", definite } as const]));
}

/** The languages share one lexicon: no word of one means something else in the other. */
const LEXICON = buildLexicon();
const LONGEST_PHRASE = Math.max(...[...LEXICON.keys()].map((phrase) => phrase.split(" ").length));

function buildLexicon(): ReadonlyMap<string, Meaning> {
  const lexicon = new Map<string, Meaning>(Object.entries(FUNCTION_WORDS));
  const add = (phrase: string, meaning: Meaning): unknown => lexicon.set(phrase.toLowerCase(), meaning);
  for (const [noun, forms] of typedEntries(NOUNS)) {
    for (const form of forms) addNoun(lexicon, noun, form);
  }
  for (const [color, words] of typedEntries(COLOR_WORDS)) {
    for (const { en, de } of words) for (const word of inflect(en, de)) add(word, { type: "color", color });
  }
  for (const [size, words] of typedEntries(SIZE_WORDS)) {
    for (const { en, de } of words) for (const word of inflect(en, de)) add(word, { type: "size", size });
  }
  for (const words of Object.values(NUMBER_WORDS)) {
    for (const count of [2, 3, 4]) {
      add(words[count]!, { type: "number", count });
      add(String(count), { type: "number", count });
    }
  }
  add("one", { type: "number", count: 1 });
  for (const [name, phrases] of typedEntries(RELATION_PHRASES)) {
    for (const { en, de } of phrases) for (const phrase of [en, de]) add(phrase, { type: "relation", name });
    const { en, de } = ADVERBS[name];
    for (const phrase of [...en, de]) add(phrase, { type: "adverb", name });
  }
  for (const [side, { en, de }] of typedEntries(SIDES))
    for (const phrase of [en, de]) add(phrase, { type: "side", side });
  for (const [background, phrases] of typedEntries(PLACES)) {
    for (const { en, de } of phrases) for (const phrase of [en, de]) add(phrase, { type: "place", background });
  }
  return lexicon;
}

function addNoun(lexicon: Map<string, Meaning>, noun: Noun, form: (typeof NOUNS)[Noun][number]): void {
  const cases = ["nom", "acc", "dat"] as const;
  const singular = new Set([form.en[0], ...cases.map((grammar) => declineNoun(form, grammar, true).toLowerCase())]);
  const plural = new Set([form.en[1], ...cases.map((grammar) => declineNoun(form, grammar, false).toLowerCase())]);
  for (const word of new Set([...singular, ...plural])) {
    const either = singular.has(word) && plural.has(word);
    lexicon.set(word, { type: "noun", noun, plural: either ? undefined : plural.has(word) });
  }
}

function inflect(en: string, de: string): string[] {
  return [en, ...ADJECTIVE_ENDINGS.map((ending) => de + ending)];
}

function typedEntries<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

/**
 * The meanings in a text, in order. Of several phrases that fit, the longest counts; words without a meaning are passed
 * over.
 */
export function readMeanings(text: string): Meaning[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const meanings: Meaning[] = [];
  for (let start = 0; start < words.length; ) {
    let length = Math.min(LONGEST_PHRASE, words.length - start);
    let meaning: Meaning | undefined;
    while (length > 0 && !meaning) {
      meaning = LEXICON.get(words.slice(start, start + length).join(" "));
      if (!meaning) length--;
    }
    if (meaning) meanings.push(meaning);
    start += Math.max(1, length);
  }
  return meanings;
}
