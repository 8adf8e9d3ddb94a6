import type { TokenLines } from "../text/token-lines.js";
import type { Corpus } from "./corpus.js";

export const MAX_ORDER = 4;

/**
 * The n-grams of one order, numbered: two places hold the same n-gram just if they hold the same number.
 * The n-gram that starts at position p of the lines' tokens is `hypotheses[p]` (or `references[p]`); positions less
 * than n before the end of their line hold nothing of use.
 */
export interface NgramsOfOrder {
  readonly order: number;
  /** How many distinct n-grams there are; they are numbered from 0. */
  readonly distinct: number;
  readonly hypotheses: Int32Array;
  readonly references: Int32Array;
}

/** Numbers all n-grams of the corpus, order by order from 1 to {@link MAX_ORDER}. */
export function numberNgrams(corpus: Corpus): NgramsOfOrder[] {
  const { hypotheses, references, vocabulary } = corpus;
  const orders: NgramsOfOrder[] = [
    { order: 1, distinct: vocabulary.length, hypotheses: hypotheses.ids, references: references.ids },
  ];
  for (let order = 2; order <= MAX_ORDER; order++) {
    const prefixes = orders.at(-1)!;
    const table = new PairTable();
    orders.push({
      order,
      references: extendNgrams(prefixes.references, references, order, table),
      hypotheses: extendNgrams(prefixes.hypotheses, hypotheses, order, table),
      distinct: table.size,
    });
  }
  return orders;
}

/** An n-gram is the pair of its first n-1 words, which have a number, and its last word. */
function extendNgrams(prefixes: Int32Array, lines: TokenLines, order: number, table: PairTable): Int32Array {
  const { ids, offsets } = lines;
  const numbers = new Int32Array(ids.length);
  for (let line = 0; line + 1 < offsets.length; line++) {
    const end = offsets[line + 1]! - order + 1;
    for (let i = offsets[line]!; i < end; i++) numbers[i] = table.numberOf(prefixes[i]!, ids[i + order - 1]!);
  }
  return numbers;
}

const EMPTY = -1;
const SLOT = 4; // first, second, number, unused: a slot never straddles a cache line

/** Numbers pairs of integers: a hash table in one flat array, several times faster than a Map keyed by strings. */
class PairTable {
  size = 0;
  #capacity = 1 << 12;
  #slots = new Int32Array(SLOT * this.#capacity).fill(EMPTY);

  numberOf(first: number, second: number): number {
    const slot = this.#find(first, second);
    const slots = this.#slots;
    if (slots[slot + 2] !== EMPTY) return slots[slot + 2]!;
    slots[slot] = first;
    slots[slot + 1] = second;
    slots[slot + 2] = this.size++;
    if (2 * this.size > this.#capacity) this.#grow();
    return this.size - 1;
  }

  /** The slot that holds the pair, or the empty one where it belongs. */
  #find(first: number, second: number): number {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
    hash ^= hash >>> 15;
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const slot = SLOT * bucket;
      if (slots[slot + 2] === EMPTY || (slots[slot] === first && slots[slot + 1] === second)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 4;
    this.#slots = new Int32Array(SLOT * this.#capacity).fill(EMPTY);
    for (let slot = 0; slot < old.length; slot += SLOT) {
      if (old[slot + 2] === EMPTY) continue;
      this.#slots.set(old.subarray(slot, slot + SLOT), this.#find(old[slot]!, old[slot + 1]!));
    }
  }
}
