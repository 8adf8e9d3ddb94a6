import type { Dialect } from "../../dialect.js";
import { SimvlmError } from "../../error.js";
import { singularize } from "../../text/singular.js";
import { wordnetForm } from "../../text/wordnet-form.js";

/** Which words name which objects. */
export interface ObjectWords {
  /** The object of a word, or of several words with a space between; undefined for none. */
  readonly objectOf: ReadonlyMap<string, string>;
  /** Several words that count as one, and what they count as; an empty text for no object: a train track is no train. */
  readonly phrases: ReadonlyMap<string, string>;
  /** How many words the longest of {@link phrases} has. */
  readonly longest: number;
  /** Whose way it is to find the words in a text. */
  readonly dialect: ChairDialect;
}

/** Whose rules words and phrases are found by: the official program's, as far as they are known, or lmms-eval's. */
export type ChairDialect = Extract<Dialect, "official" | "lmms-eval">;
/** What lmms-eval takes for a phrase has two words. */
const TWO = 2;

/** An object that a text names. */
export interface Mention {
  /** As it stands in the text, in small letters. */
  readonly word: string;
  readonly object: string;
}

const ANIMALS = [
  "bird",
  "cat",
  "dog",
  "horse",
  "sheep",
  "cow",
  "elephant",
  "bear",
  "zebra",
  "giraffe",
  "animal",
  "cub",
];
/** Two words that are no object, although one of them alone would be. */
const NO_OBJECTS = ["train track", "home plate"];

/**
 * Words and objects from a list in the official form: a line for each object, of words parted by commas, the first of
 * which is the object.
 * @param dialect whose way it is to find them
 * @throws SimvlmError `bad-synonyms`
 */
export function parseObjectWords(list: string, dialect: ChairDialect = "official"): ObjectWords {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== "");
  const objectOf = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const [object, ...others] = line.split(",").map((word) => word.trim().toLowerCase().replace(/\s+/g, " "));
    if (!object) {
      throw new SimvlmError("bad-synonyms", `line ${index + 1} of the synonyms names no object: ${line.slice(0, 80)}`);
    }
    // a word that two objects have is the first one's; every object has its own name
    for (const word of others) if (word !== "" && !objectOf.has(word)) objectOf.set(word, object);
    objectOf.set(object, object);
  }
  if (objectOf.size === 0) throw new SimvlmError("bad-synonyms", "the synonyms are empty");
  const phrases = new Map<string, string>([
    ...NO_OBJECTS.map((phrase) => [phrase, ""] as const),
    ...ANIMALS.flatMap((animal) => [[`baby ${animal}`, animal] as const, [`adult ${animal}`, animal] as const]),
    ...["jet", "train"].map((vehicle) => [`passenger ${vehicle}`, vehicle] as const),
    ["toilet seat", "toilet"],
    ["bow tie", "tie"],
    ...[...objectOf.keys()].filter((word) => word.includes(" ")).map((word) => [word, word] as const),
  ]);
  const longest = Math.max(...[...phrases.keys()].map((phrase) => phrase.split(" ").length));
  return { objectOf, phrases, longest: dialect === "lmms-eval" ? TWO : longest, dialect };
}

/** Where a mention stands in the text in small letters, in UTF-16 units, the end not included. */
export interface PlacedMention extends Mention {
  readonly start: number;
  readonly end: number;
}

/** The objects that a text names, each as often as it does. Words count in the singular; the longest phrase counts. */
export function findMentions(text: string, words: ObjectWords): Mention[] {
  return placeMentions(text, words).map(({ word, object }) => ({ word, object }));
}

/** A word for NLTK's tokenizer: what punctuation does not part, a full stop inside of it included. */
const CORE = String.raw`(?:(?!--|\.\.)[^\s,;:@#$%&*?!()[\]{}<>"“”«»„‘’\u0060'.]|\.(?=[^\s.,;:?!)"'”’]))+`;
/** What is parted from the word before it: the end of "dog's". */
const ENDINGS = String.raw`(?:s|m|d|ll|re|ve)(?![\p{L}\p{N}])`;

/** The words of a text; in lmms-eval punctuation counts, too, since it parts the words of a phrase. */
const TOKENS: Readonly<Record<ChairDialect, RegExp>> = {
  official: /[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu,
  "lmms-eval": new RegExp(String.raw`${CORE}(?:'(?!${ENDINGS})${CORE})*|--+|\.\.+|\S`, "gu"),
};

/** How words become those of a list, in this dialect. */
function singularOf({ objectOf, phrases, dialect }: ObjectWords): (word: string) => string {
  if (dialect === "official") return (word) => (objectOf.has(word) ? word : singularize(word));
  const listed = new Set([...objectOf.keys(), ...phrases.keys()].flatMap((phrase) => phrase.split(" ")));
  return (word) => wordnetForm(word, (form) => listed.has(form));
}

/** The words of a phrase, in the forms that may stand in the list. */
function formsOf(group: readonly string[], dialect: ChairDialect, singular: (word: string) => string): string[][] {
  if (dialect === "lmms-eval") return [group.map(singular)];
  return [[...group], [...group.slice(0, -1), singularize(group.at(-1)!)], group.map(singularize)];
}

/** {@link findMentions} with their places. */
export function placeMentions(text: string, list: ObjectWords): PlacedMention[] {
  const { objectOf, phrases, longest, dialect } = list;
  const places = [...text.toLowerCase().matchAll(TOKENS[dialect])];
  const words = places.map(([word]) => word);
  const singular = singularOf(list);
  const found: { word: string; meant: string; start: number; end: number }[] = [];
  for (let start = 0; start < words.length; ) {
    let length = Math.min(longest, words.length - start);
    let meant: string | undefined;
    for (; length > 1 && meant === undefined; length--) {
      const group = words.slice(start, start + length);
      const forms = formsOf(group, dialect, singular);
      meant = forms.map((form) => phrases.get(form.join(" "))).find((phrase) => phrase !== undefined);
      if (meant !== undefined) break;
    }
    const last = places[start + length - 1]!;
    found.push({
      word: words.slice(start, start + length).join(" "),
      meant: meant ?? singular(words[start]!),
      start: places[start]!.index,
      end: last.index + last[0].length,
    });
    start += length;
  }
  const hasToilet = found.some(({ meant }) => meant === "toilet");
  return found.flatMap(({ meant, ...place }) => {
    const object = objectOf.get(meant);
    return object === undefined || (hasToilet && meant === "seat") ? [] : [{ ...place, object }];
  });
}
