const EMPTY = -1;

/** Gives each distinct word, as UTF-16 code units, a number, and counts it; a word becomes a string only if it is new. */
export class WordTable {
  readonly words: string[] = [];
  /** How often each was found. */
  readonly counts: number[] = [];
  /** A hash table with open addressing: the number of the word at each place. */
  #numbers = new Int32Array(1 << 12).fill(EMPTY);
  readonly #hashes: number[] = [];

  /** The number of the word that is the first so many units. */
  find(units: Uint16Array, size: number): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < size; i++) hash = Math.imul(hash ^ units[i]!, 0x01000193);
    hash ^= hash >>> 15;
    let place = hash & (this.#numbers.length - 1);
    for (; this.#numbers[place] !== EMPTY; place = (place + 1) & (this.#numbers.length - 1)) {
      const number = this.#numbers[place]!;
      if (this.#hashes[number] !== hash || !isWord(this.words[number]!, units, size)) continue;
      this.counts[number]!++;
      return number;
    }
    this.#numbers[place] = this.words.length;
    this.words.push(String.fromCharCode(...units.subarray(0, size)));
    this.counts.push(1);
    this.#hashes.push(hash);
    if (2 * this.words.length > this.#numbers.length) this.#grow();
    return this.words.length - 1;
  }

  #grow(): void {
    this.#numbers = new Int32Array(4 * this.#numbers.length).fill(EMPTY);
    for (const [number, hash] of this.#hashes.entries()) {
      let place = hash & (this.#numbers.length - 1);
      while (this.#numbers[place] !== EMPTY) place = (place + 1) & (this.#numbers.length - 1);
      this.#numbers[place] = number;
    }
  }
}

function isWord(word: string, units: Uint16Array, size: number): boolean {
  if (word.length !== size) return false;
  for (let i = 0; i < size; i++) if (word.charCodeAt(i) !== units[i]) return false;
  return true;
}
