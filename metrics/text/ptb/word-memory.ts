import type { TokenLinesBuilder } from "../token-lines.js";

const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** What is longer seldom comes again. */
const LONGEST_WORD = 32;
/** The captions of COCO have some 30,000. */
const MOST_WORDS = 1 << 18;
const UNKNOWN = -1;

/**
 * The tokens of words that have been read before, so that most of a text is read by looking up its words. A word is known
 * with the character that ends it, a space or a line feed: at the end of a line it may be read otherwise.
 */
export class WordMemory {
  /** Where the word that was looked for last ends; where it begins, for none that is worth remembering. */
  end = 0;
  #start = 0;
  /** A hash table with open addressing: the number of the word at each place, and its hash. */
  #numbers = new Int32Array(1 << 12).fill(UNKNOWN);
  #hashes = new Int32Array(1 << 12);
  #hash = 0;
  #size = 0;
  /** The code units of all words, one after the other, and where each begins. */
  #units = new Uint16Array(1 << 14);
  readonly #unitOffsets: number[] = [0];
  /** The numbers of the tokens of all words, and where those of each begin. */
  readonly #tokens: number[] = [];
  readonly #tokenOffsets: number[] = [0];

  /**
   * Looks for the word that begins at a place; at any place inside it, for the rest of it.
   * @param units the text's, of which `length` count
   * @returns its number here, or -1
   */
  find(units: Uint16Array, length: number, start: number): number {
    const last = Math.min(length, start + LONGEST_WORD);
    let hash = 0x811c9dc5;
    let at = start;
    this.#start = start;
    for (; ; at++) {
      if (at === last) {
        this.end = start;
        return UNKNOWN;
      }
      const unit = units[at]!;
      hash = Math.imul(hash ^ unit, 0x01000193);
      if (unit === SPACE || unit === LINE_FEED) break;
    }
    hash ^= hash >>> 15;
    this.#hash = hash;
    this.end = at;
    const mask = this.#numbers.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = this.#numbers[place]!;
      if (number === UNKNOWN || (this.#hashes[place] === hash && this.#isWord(number, units, start, at))) return number;
    }
  }

  #isWord(number: number, units: Uint16Array, start: number, end: number): boolean {
    const own = this.#units;
    let unit = this.#unitOffsets[number]!;
    if (this.#unitOffsets[number + 1]! - unit !== end + 1 - start) return false;
    for (let i = start; i <= end; i++) if (own[unit++] !== units[i]) return false;
    return true;
  }

  /** Adds the tokens of a known word to a line. */
  copyTokens(number: number, into: TokenLinesBuilder): void {
    const end = this.#tokenOffsets[number + 1]!;
    for (let i = this.#tokenOffsets[number]!; i < end; i++) into.push(this.#tokens[i]!);
  }

  /** @param tokens of the word that was looked for last and is not known: they depend on nothing but it and what ends it */
  add(units: Uint16Array, tokens: readonly number[]): void {
    if (this.#size === MOST_WORDS) return;
    if (2 * this.#size >= this.#numbers.length) this.#grow();
    this.#put(this.#size++, this.#hash);
    const unit = this.#unitOffsets.at(-1)!;
    const end = unit + this.end + 1 - this.#start;
    if (end > this.#units.length) {
      const larger = new Uint16Array(2 * end);
      larger.set(this.#units);
      this.#units = larger;
    }
    this.#units.set(units.subarray(this.#start, this.end + 1), unit);
    this.#unitOffsets.push(end);
    this.#tokens.push(...tokens);
    this.#tokenOffsets.push(this.#tokens.length);
  }

  #put(number: number, hash: number): void {
    const mask = this.#numbers.length - 1;
    let place = hash & mask;
    while (this.#numbers[place] !== UNKNOWN) place = (place + 1) & mask;
    this.#numbers[place] = number;
    this.#hashes[place] = hash;
  }

  #grow(): void {
    const [numbers, hashes] = [this.#numbers, this.#hashes];
    this.#numbers = new Int32Array(4 * numbers.length).fill(UNKNOWN);
    this.#hashes = new Int32Array(4 * numbers.length);
    for (const [place, number] of numbers.entries()) if (number !== UNKNOWN) this.#put(number, hashes[place]!);
  }
}
