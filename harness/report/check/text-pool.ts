/** The number of a text among those of the files, as the distance from the one before; or what is no text of theirs. */
export type Pointed = number | string | { readonly "=": unknown } | readonly Pointed[] | PointedFields;
interface PointedFields {
  readonly [field: string]: Pointed;
}

/**
 * The texts of data files, in the order in which they stand there: the strings and numbers of JSON and JSON lines, the
 * lines of any other file. What is made of the files need not repeat their texts, only say which they are; so it is
 * short, and whoever changes a file changes what was made of it.
 */
export class TextPool {
  /** Numbers as such: most are never asked for, and strings of them take time. */
  readonly #texts: (string | number)[] = [];
  #index: TextIndex | undefined;

  /** @param files the contents of the files; of those that hold no text, nothing is found */
  constructor(files: readonly string[]) {
    for (const file of files) this.#addFile(file);
  }

  /** A value with the number of each text in the place of the text. */
  point(value: unknown): Pointed {
    let last = -1;
    const pointTo = (text: string): Pointed => {
      const place = this.#findAfter(text, last);
      if (place === undefined) return text;
      const distance = place - last;
      last = place;
      return distance;
    };
    const pointInto = (inner: unknown): Pointed => {
      if (typeof inner === "string") return pointTo(inner);
      if (Array.isArray(inner)) return inner.map(pointInto);
      if (typeof inner !== "object" || inner === null) return { "=": inner };
      const fields = Object.entries(inner).filter(([, field]) => field !== undefined);
      return Object.fromEntries(fields.map(([name, field]) => [name, pointInto(field)]));
    };
    return pointInto(value);
  }

  /** The value that {@link point} was given, of the same files; a text that is no longer there is empty. */
  resolve(pointed: Pointed): unknown {
    let last = -1;
    const resolveInto = (inner: Pointed): unknown => {
      if (typeof inner === "string") return inner;
      if (typeof inner === "number") {
        last += inner;
        return String(this.#texts[last] ?? "");
      }
      if (Array.isArray(inner)) return inner.map(resolveInto);
      if ("=" in inner) return inner["="];
      return Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, resolveInto(field)]));
    };
    return resolveInto(pointed);
  }

  #addFile(content: string): void {
    const whole = parse(content);
    const values = whole === undefined ? content.split(/\r?\n/).map((line) => parse(line) ?? line) : [whole];
    for (const value of values) this.#addValue(value);
  }

  #addValue(value: unknown): void {
    if (typeof value === "string" || typeof value === "number") this.#texts.push(value);
    else if (Array.isArray(value)) for (const inner of value) this.#addValue(inner);
    else if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) this.#addValue(inner);
  }

  /** The next place of a text after another, since files are read from the beginning; or its first place. */
  #findAfter(text: string, last: number): number | undefined {
    this.#index ??= indexTexts(this.#texts);
    const { kinds, starts, places } = this.#index;
    const kind = kinds.get(keyOf(text));
    if (kind === undefined) return undefined;
    let [low, high] = [starts[kind]!, starts[kind + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle]! > last) high = middle;
      else low = middle + 1;
    }
    return places[low < starts[kind + 1]! ? low : starts[kind]!];
  }
}

/** Where each text stands. */
interface TextIndex {
  /** A number of each text, by its {@link keyOf}. */
  readonly kinds: ReadonlyMap<string | number, number>;
  /** Where the places of each kind begin, and where the last one's end. */
  readonly starts: Int32Array;
  /** Of each kind in rising order. */
  readonly places: Int32Array;
}

/** A number is written in no more characters. */
const LONGEST_NUMBER = 24;

/** What is the same for a number and for the text that it is. */
function keyOf(text: string | number): string | number {
  if (typeof text === "number" || text.length > LONGEST_NUMBER) return text;
  const number = Number(text);
  return String(number) === text ? number : text;
}

function indexTexts(texts: readonly (string | number)[]): TextIndex {
  const kinds = new Map<string | number, number>();
  const kindOf = new Int32Array(texts.length);
  for (let i = 0; i < texts.length; i++) {
    const key = keyOf(texts[i]!);
    const kind = kinds.get(key) ?? kinds.size;
    if (kind === kinds.size) kinds.set(key, kind);
    kindOf[i] = kind;
  }
  const starts = new Int32Array(kinds.size + 1);
  for (const kind of kindOf) starts[kind + 1]!++;
  for (let kind = 0; kind < kinds.size; kind++) starts[kind + 1]! += starts[kind]!;
  const free = starts.slice();
  const places = new Int32Array(texts.length);
  for (const [place, kind] of kindOf.entries()) places[free[kind]!++] = place;
  return { kinds, starts, places };
}

/** A list or an object that a text is as JSON; undefined where it is none. */
function parse(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
