const WORD_BITS = 32;
/** Of positions: 64 MB. They are enough for sequences of 20,000 tokens; nobody's caption is longer. */
const MOST_WORDS = 1 << 24;

/**
 * Lengths of longest common subsequences of one sequence of token numbers with many others, a machine word of the
 * first sequence at a time (Hyyrö 2004): a bit of a row is 0 where the length grows.
 */
export class LongestCommonSubsequence {
  /** The slot of each token of the first sequence; 0 for all other tokens. */
  readonly #slots: Int32Array;
  /** For each slot the positions at which the first sequence has its token, as bits: slots × words. Slot 0 stays 0. */
  #positions = new Int32Array(64);
  #first: Int32Array = new Int32Array(0);
  #words = 1;

  constructor(vocabularySize: number) {
    this.#slots = new Int32Array(vocabularySize);
  }

  setFirst(sequence: Int32Array): void {
    for (let i = 0; i < this.#first.length; i++) this.#slots[this.#first[i]!] = 0;
    this.#first = sequence;
    this.#words = Math.max(1, Math.ceil(sequence.length / WORD_BITS));
    if ((sequence.length + 1) * this.#words > MOST_WORDS) return;
    const size = (sequence.length + 1) * this.#words;
    if (size > this.#positions.length) this.#positions = new Int32Array(2 * size);
    else this.#positions.fill(0, 0, size);
    let used = 0;
    for (let i = 0; i < sequence.length; i++) {
      const token = sequence[i]!;
      if (this.#slots[token] === 0) this.#slots[token] = ++used;
      this.#positions[this.#slots[token]! * this.#words + Math.floor(i / WORD_BITS)]! |= 1 << (i % WORD_BITS);
    }
  }

  lengthWith(second: Int32Array): number {
    if ((this.#first.length + 1) * this.#words > MOST_WORDS) return lengthByRows(this.#first, second);
    return this.#words === 1 ? this.#lengthInOneWord(second) : this.#lengthInManyWords(second);
  }

  #lengthInOneWord(second: Int32Array): number {
    let row = -1;
    for (let i = 0; i < second.length; i++) {
      const matches = row & this.#positions[this.#slots[second[i]!]!]!;
      row = (row + matches) | (row - matches);
    }
    return WORD_BITS - countOnes(row);
  }

  #lengthInManyWords(second: Int32Array): number {
    const rows = new Int32Array(this.#words).fill(-1);
    for (const token of second) {
      const start = this.#slots[token]! * this.#words;
      let carry = 0;
      for (let word = 0; word < this.#words; word++) {
        const row = rows[word]!;
        const matches = row & this.#positions[start + word]!;
        const sum = (row >>> 0) + (matches >>> 0) + carry;
        carry = sum > 0xffffffff ? 1 : 0;
        rows[word] = sum | 0 | (row & ~matches);
      }
    }
    return rows.reduce((length, row) => length + WORD_BITS - countOnes(row), 0);
  }
}

/** Row by row, in memory that grows with the shorter of the two. */
function lengthByRows(one: Int32Array, other: Int32Array): number {
  const [long, short] = one.length < other.length ? [other, one] : [one, other];
  let row = new Int32Array(short.length + 1);
  let next = new Int32Array(short.length + 1);
  for (const token of long) {
    for (let i = 0; i < short.length; i++) {
      next[i + 1] = token === short[i] ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!);
    }
    [row, next] = [next, row];
  }
  return row[short.length]!;
}

function countOnes(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
