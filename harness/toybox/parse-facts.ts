import { type Meaning, readMeanings } from "./language/lexicon.js";
import type { Facts, RelationFact, SaidRelationName, ThingFact } from "./world/facts.js";
import type { Background, Color, Size } from "./world/kinds.js";

interface Adjectives {
  color?: Color;
  size?: Size;
  count?: number;
  article?: "definite" | "indefinite";
}

type NounMeaning = Extract<Meaning, { type: "noun" }>;

/**
 * Reads from a sentence, in English or German, what it says about a scene: things with colours, sizes and counts,
 * relations between them, and the background. Unknown words are ignored; what is not understood is left out, never
 * guessed.
 */
export function parseFacts(sentence: string): Facts {
  const parser = new Parser();
  for (const meaning of readMeanings(sentence)) parser.read(meaning);
  return parser.finish();
}

class Parser {
  readonly #things: { -readonly [K in keyof ThingFact]: ThingFact[K] }[] = [];
  readonly #relations: RelationFact[] = [];
  #background: Background | undefined;
  #adjectives: Adjectives = {};
  /** The thing last named, until `and` begins something new. */
  #last: number | undefined;
  /** A relation whose object comes next; without a subject it stands at the beginning: "left of B is A". */
  #open: { name: SaidRelationName; subject: number | undefined } | undefined;
  #fronted: { name: SaidRelationName; object: number } | undefined;
  /** "B with A behind it". */
  #owner: number | undefined;
  #sides: { left?: number; right?: number } = {};
  #sideOfNext: "left" | "right" | undefined;
  #predicative = false;

  read(meaning: Meaning): void {
    switch (meaning.type) {
      case "article":
        this.#adjectives = { article: meaning.definite ? "definite" : "indefinite" };
        return;
      case "number":
        this.#adjectives.count = meaning.count;
        return;
      case "color":
        this.#adjectives.color = meaning.color;
        return;
      case "size":
        this.#adjectives.size = meaning.size;
        return;
      case "noun":
        this.#name(meaning);
        return;
    }
    this.#describeLast();
    switch (meaning.type) {
      case "is":
        this.#predicative = true;
        return;
      case "relation":
        this.#open = { name: meaning.name, subject: this.#last };
        return;
      case "with":
        this.#owner = this.#last;
        return;
      case "adverb":
        if (this.#owner !== undefined && this.#last !== undefined && this.#owner !== this.#last) {
          this.#relations.push({ name: meaning.name, subject: this.#last, object: this.#owner });
        }
        return;
      case "side":
        if (this.#last === undefined) this.#sideOfNext = meaning.side;
        else this.#sides[meaning.side] = this.#last;
        return;
      case "place":
        this.#background ??= meaning.background;
        return;
      case "and":
        this.#last = undefined;
        return;
    }
  }

  finish(): Facts {
    this.#describeLast();
    const { left, right } = this.#sides;
    if (left !== undefined && right !== undefined && left !== right) {
      this.#relations.push({ name: "left", subject: left, object: right });
    }
    return { things: this.#things, relations: this.#relations, background: this.#background };
  }

  #name(meaning: NounMeaning): void {
    const index = this.#resolve(meaning);
    this.#adjectives = {};
    this.#predicative = false;
    if (this.#open?.subject !== undefined) {
      this.#relations.push({ name: this.#open.name, subject: this.#open.subject, object: index });
    } else if (this.#open) {
      this.#fronted = { name: this.#open.name, object: index };
    } else if (this.#fronted) {
      this.#relations.push({ ...this.#fronted, subject: index });
      this.#fronted = undefined;
    }
    this.#open = undefined;
    if (this.#sideOfNext) this.#sides[this.#sideOfNext] = index;
    this.#sideOfNext = undefined;
    this.#last = index;
  }

  /** The thing a noun phrase speaks of: with a definite article one named before, if it can be that one. */
  #resolve({ noun, plural }: NounMeaning): number {
    const { color, size, count, article } = this.#adjectives;
    if (article === "definite") {
      const known = this.#things.findLastIndex(
        (thing) => thing.noun === noun && agrees(thing.color, color) && agrees(thing.size, size),
      );
      if (known >= 0) return known;
    }
    const one = article === "indefinite" || plural === false;
    return this.#things.push({ noun, color, size, count: count ?? (one ? 1 : undefined) }) - 1;
  }

  /** "The dog is red": adjectives without a noun belong to the thing before `is`. */
  #describeLast(): void {
    const thing = this.#last === undefined ? undefined : this.#things[this.#last];
    if (this.#predicative && thing) {
      thing.color ??= this.#adjectives.color;
      thing.size ??= this.#adjectives.size;
    }
    this.#adjectives = {};
    this.#predicative = false;
  }
}

function agrees<T>(known: T | undefined, said: T | undefined): boolean {
  return known === undefined || said === undefined || known === said;
}
