/** The words of all phrases, as numbers, one phrase after the other. */
export type WordNumbers = Uint16Array | Uint32Array;

/** Phrases by their words: an open-addressing hash table over the numbers of words. */
export interface PhraseIndex {
  /** The words of all phrases. */
  readonly words: WordNumbers;
  /** Where each phrase begins in `words`; the last is its end. */
  readonly starts: Uint32Array;
  /** The numbers of phrases, each at its hash or in the next empty place, -1 for none; its length is a power of two. */
  readonly slots: Int32Array;
}

/** A hash of `words[start … start + length)`, as FNV-1a's, mixed so that its low bits depend on all others. */
function hashOf(words: ArrayLike<number>, start: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return hash ^ (hash >>> 15);
}

/** The place of a phrase in `slots`: its own, or the empty one that it would go to. */
function placeOf(index: PhraseIndex, given: ArrayLike<number>, start: number, length: number): number {
  const { words, starts, slots } = index;
  const last = slots.length - 1;
  for (let place = hashOf(given, start, length) & last; ; place = (place + 1) & last) {
    const phrase = slots[place]!;
    if (phrase < 0) return place;
    const begin = starts[phrase]!;
    if (starts[phrase + 1]! - begin !== length) continue;
    let same = 0;
    while (same < length && words[begin + same] === given[start + same]) same++;
    if (same === length) return place;
  }
}

/** The number of the phrase `given[start … start + length)`, or -1. */
export function findPhrase(index: PhraseIndex, given: ArrayLike<number>, start: number, length: number): number {
  return index.slots[placeOf(index, given, start, length)]!;
}

/** Numbers phrases in the order in which they come, each once. */
export class PhraseNumbering {
  #words = new Uint32Array(1 << 12);
  #starts = new Uint32Array(1 << 10);
  #slots = new Int32Array(1 << 10).fill(-1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of a phrase, a new one for one that has not been seen. @param given its words, one at least */
  numberOf(given: readonly number[]): number {
    const place = placeOf(this.#index, given, 0, given.length);
    const known = this.#slots[place]!;
    if (known >= 0) return known;
    const phrase = this.#count++;
    const start = this.#starts[phrase]!;
    const end = start + given.length;
    if (end > this.#words.length) this.#words = grown(this.#words);
    if (phrase + 2 > this.#starts.length) this.#starts = grown(this.#starts);
    this.#words.set(given, start);
    this.#starts[phrase + 1] = end;
    this.#slots[place] = phrase;
    if (this.#count * 3 > this.#slots.length * 2) this.#rehash();
    return phrase;
  }

  /** @param wordCount how many words there are: fewer than 65,537 are kept in two bytes each */
  finish(wordCount: number): PhraseIndex {
    const starts = this.#starts.slice(0, this.#count + 1);
    const words = this.#words.subarray(0, starts[this.#count]);
    return { words: wordCount <= 1 << 16 ? Uint16Array.from(words) : words.slice(), starts, slots: this.#slots };
  }

  get #index(): PhraseIndex {
    return { words: this.#words, starts: this.#starts, slots: this.#slots };
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    for (let phrase = 0; phrase < this.#count; phrase++) {
      const start = this.#starts[phrase]!;
      this.#slots[placeOf(this.#index, this.#words, start, this.#starts[phrase + 1]! - start)] = phrase;
    }
  }
}

/** An array of twice the length that begins as this one. */
export function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}
