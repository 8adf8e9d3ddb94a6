const EMPTY = -1;

/** Gives every distinct token a number, so that tokens are compared and hashed as integers from then on. */
export class Vocabulary {
  readonly tokens: string[] = [];
  /** A hash table with open addressing: the number of the token at each place, and its hash. */
  #numbers = new Int32Array(1 << 12).fill(EMPTY);
  #hashes = new Int32Array(1 << 12);
  /** The code units of all tokens, one after the other: compared several times faster than strings. */
  #units = new Uint16Array(1 << 14);
  /** Where each token's units begin, and where the last one's end. */
  #starts: number[] = [0];

  /** Another that gives these tokens the same numbers, and further ones numbers of its own. */
  copy(): Vocabulary {
    const copy = new Vocabulary();
    copy.#numbers = this.#numbers.slice();
    copy.#hashes = this.#hashes.slice();
    copy.#units = this.#units.slice();
    copy.#starts = [...this.#starts];
    for (const token of this.tokens) copy.tokens.push(token);
    return copy;
  }

  numberOf(token: string): number {
    return this.numberOfSlice(token, 0, token.length);
  }

  /** The number of the token `source.slice(start, end)`, which becomes a string only if it is new. */
  numberOfSlice(source: string, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#numbers.length - 1;
    let place = hash & mask;
    for (; this.#numbers[place] !== EMPTY; place = (place + 1) & mask) {
      const number = this.#numbers[place]!;
      if (this.#hashes[place] === hash && this.#isSlice(number, source, start, end)) return number;
    }
    this.#numbers[place] = this.tokens.length;
    this.#hashes[place] = hash;
    this.#add(source, start, end);
    if (2 * this.tokens.length > mask) this.#grow();
    return this.tokens.length - 1;
  }

  #grow(): void {
    const [numbers, hashes] = [this.#numbers, this.#hashes];
    const mask = 4 * numbers.length - 1;
    this.#numbers = new Int32Array(4 * numbers.length).fill(EMPTY);
    this.#hashes = new Int32Array(4 * numbers.length);
    for (const [old, number] of numbers.entries()) {
      if (number === EMPTY) continue;
      let place = hashes[old]! & mask;
      while (this.#numbers[place] !== EMPTY) place = (place + 1) & mask;
      this.#numbers[place] = number;
      this.#hashes[place] = hashes[old]!;
    }
  }

  #isSlice(number: number, source: string, start: number, end: number): boolean {
    const units = this.#units;
    let unit = this.#starts[number]!;
    if (this.#starts[number + 1]! - unit !== end - start) return false;
    for (let i = start; i < end; i++) if (units[unit++] !== source.charCodeAt(i)) return false;
    return true;
  }

  #add(source: string, start: number, end: number): void {
    let unit = this.#starts.at(-1)!;
    if (unit + end - start > this.#units.length) {
      const larger = new Uint16Array(2 * (unit + end - start));
      larger.set(this.#units);
      this.#units = larger;
    }
    for (let i = start; i < end; i++) this.#units[unit++] = source.charCodeAt(i);
    this.#starts.push(unit);
    this.tokens.push(source.slice(start, end));
  }
}
