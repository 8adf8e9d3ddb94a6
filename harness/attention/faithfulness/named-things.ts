import { COCO_OBJECTS, type ObjectWords, parseObjectWords, placeMentions } from "@simvlm/metrics";
import type { Mask } from "../../formats/run-length.js";
import type { Segment, Segments } from "../../formats/segments.js";
import { uniteMasks } from "./coverage.js";

/** A word that names a thing in the picture, and where that is. */
export interface NamedThing {
  /** The word's place among the words. */
  readonly word: number;
  readonly category: string;
  readonly mask: Mask;
}

/**
 * Which words name what, of a file of segments: its own words, or else CHAIR's list of what COCO's categories are called.
 * @param categories of things; those that the list does not have are called by their own names
 */
export function wordsOfSegments(
  { synonyms }: Pick<Segments, "synonyms">,
  categories: Iterable<string> = [],
): ObjectWords {
  const list = synonyms ?? COCO_OBJECTS;
  const { objectOf } = parseObjectWords(list);
  const others = [...new Set(categories)].filter((name) => name.trim() !== "" && !objectOf.has(name.toLowerCase()));
  return parseObjectWords([list, ...others].join("\n"));
}

/**
 * The words that name something which is there: nouns for the things of their category, and words before a noun that are
 * attributes of such things (Toybox's colours and sizes), for those that have them. What is not there, or is said to look
 * as nothing there does, has no place to point at.
 */
export function findNamedThings(
  words: readonly { readonly text: string }[],
  segments: readonly Segment[],
  objects: ObjectWords,
): NamedThing[] {
  const objectOf = (category: string) => objects.objectOf.get(category.toLowerCase()) ?? category;
  const found: NamedThing[] = [];
  const add = (word: number, category: string, things: readonly Segment[]): void => {
    if (things.length > 0) found.push({ word, category, mask: uniteMasks(things.map(({ mask }) => mask)) });
  };
  let last = -1;
  for (const { first, behind, object } of placeNouns(words, objects)) {
    const things = segments.filter(({ category }) => objectOf(category) === object);
    for (let word = last + 1; word < first; word++) {
      const text = words[word]!.text.toLowerCase();
      add(
        word,
        object,
        things.filter(({ attributes }) => attributes.includes(text)),
      );
    }
    for (let word = first; word < behind; word++) add(word, object, things);
    last = behind - 1;
  }
  return found;
}

/** Of each object that is named, the first of its words and the one behind the last. */
function placeNouns(words: readonly { readonly text: string }[], objects: ObjectWords) {
  const starts: number[] = [];
  let text = "";
  for (const word of words) {
    starts.push(text.length);
    text += `${word.text} `;
  }
  const wordAt = (place: number) => starts.findLastIndex((start) => start <= place);
  return placeMentions(text, objects).map(({ start, end, object }) => ({
    first: wordAt(start),
    behind: wordAt(end - 1) + 1,
    object,
  }));
}
