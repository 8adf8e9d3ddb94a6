import { NUMBER } from "./coded-text.js";
import { GrowingNumbers } from "./growing-numbers.js";
import { WordTable } from "./word-table.js";

/** JSON in the order of its words. */
export interface ScannedText {
  /** Each distinct word, with {@link NUMBER} in the place of numbers. */
  readonly words: readonly string[];
  /** How often each stands there. */
  readonly counts: readonly number[];
  /** The text, by the places of its words. */
  readonly sequence: Int32Array;
  /** The numbers in them. */
  readonly values: Float64Array;
}

const [LETTER, DIGIT, SPACE, QUOTE, BACKSLASH, OTHER] = [0, 1, 2, 3, 4, 5];
const CLASSES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[A-Za-z]/.test(character)) return LETTER;
  if (/\d/.test(character)) return DIGIT;
  return { " ": SPACE, '"': QUOTE, "\\": BACKSLASH }[character] ?? OTHER;
});
const [ZERO, COLON, LOW_LINE] = ["0", ":", "_"].map((character) => character.charCodeAt(0)) as [number, number, number];

/** So many units a word has at most, but for the name of a field that ends it. */
const MOST = 33;
const MOST_PUNCTUATION = 16;
/** Of a name, the quotation mark behind it included. */
const LONGEST_NAME = 32;
/** A number has no more, so that neither it nor a difference is rounded. */
const MOST_DIGITS = 15;

/**
 * Finds the words of JSON: letters with the space before them; what stands between two texts, from one quotation mark to
 * another with the names of fields; other punctuation, with numbers.
 */
export class WordScanner {
  readonly #json: string;
  #at = 0;
  readonly #table = new WordTable();
  readonly #word = new Uint16Array(MOST * LONGEST_NAME);
  #size = 0;
  readonly #values = new GrowingNumbers(Float64Array);

  constructor(json: string) {
    this.#json = json;
  }

  scan(): ScannedText {
    const sequence = new GrowingNumbers(Int32Array);
    while (this.#at < this.#json.length) {
      this.#size = 0;
      const first = this.#classAt(this.#at);
      if (first === LETTER || (first === SPACE && this.#classAt(this.#at + 1) === LETTER)) this.#takeLetters();
      else if (this.#quoteAt(this.#at) > 0) this.#takeBetween();
      else if (first === SPACE || first === BACKSLASH) this.#take();
      else this.#takePunctuation();
      sequence.push(this.#table.find(this.#word, this.#size));
    }
    const { words, counts } = this.#table;
    return { words, counts, sequence: sequence.finish(), values: this.#values.finish() };
  }

  #classAt(at: number): number | undefined {
    const unit = this.#json.charCodeAt(at);
    return unit < 128 ? CLASSES[unit] : unit >= 128 ? LETTER : undefined; // there is nothing after the end
  }

  /** How long a quotation mark is, with the backslash before it; 0 where none is. */
  #quoteAt(at: number): number {
    const first = this.#classAt(at);
    if (first === QUOTE) return 1;
    return first === BACKSLASH && this.#classAt(at + 1) === QUOTE ? 2 : 0;
  }

  #take(count = 1): void {
    for (let i = 0; i < count; i++) this.#word[this.#size++] = this.#json.charCodeAt(this.#at++);
  }

  #takeLetters(): void {
    do this.#take();
    while (this.#size < MOST && this.#classAt(this.#at) === LETTER);
    const last = this.#word[this.#size - 1]!;
    if (last >= 0xd800 && last < 0xdc00 && this.#classAt(this.#at) === LETTER) this.#take(); // not half a character
  }

  #takeBetween(): void {
    let isQuoted = false;
    for (let parts = 0; parts < MOST; parts++) {
      const kind = this.#classAt(this.#at);
      const quote = this.#quoteAt(this.#at);
      const name = isQuoted ? this.#nameAt(this.#at) : 0;
      isQuoted = quote > 0;
      if (quote > 0) this.#take(quote);
      else if (name > 0) this.#take(name);
      else if (kind === DIGIT) this.#takeNumber();
      else if (kind === OTHER || (kind === SPACE && this.#classAt(this.#at + 1) !== LETTER)) this.#take();
      else return;
    }
  }

  /** How long the name of a field is, without its quotation marks; 0 where there is none. */
  #nameAt(at: number): number {
    let end = at;
    while (end - at < LONGEST_NAME && (this.#classAt(end) === LETTER || this.#json.charCodeAt(end) === LOW_LINE)) end++;
    const quote = this.#quoteAt(end);
    return quote > 0 && this.#json.charCodeAt(end + quote) === COLON ? end - at : 0;
  }

  #takePunctuation(): void {
    while (this.#size < MOST_PUNCTUATION) {
      const kind = this.#classAt(this.#at);
      if (kind === DIGIT) this.#takeNumber();
      else if (kind === OTHER) this.#take();
      else return;
    }
  }

  /** Zeros before a number are characters like others. */
  #takeNumber(): void {
    if (this.#json.charCodeAt(this.#at) === ZERO && this.#classAt(this.#at + 1) === DIGIT) {
      this.#take();
      return;
    }
    let value = 0;
    for (let digits = 0; digits < MOST_DIGITS && this.#classAt(this.#at) === DIGIT; digits++) {
      value = 10 * value + this.#json.charCodeAt(this.#at++) - ZERO;
    }
    this.#values.push(value);
    this.#word[this.#size++] = NUMBER.charCodeAt(0);
  }
}
