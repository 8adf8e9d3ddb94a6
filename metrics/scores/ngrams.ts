import type { TokenLines } from "../text/token-lines.js";
import type { Corpus, CorpusLines } from "./caption-corpus.js";

/** The longest n-grams that BLEU and CIDEr look at. */
export const MAX_ORDER = 4;

/**
 * The n-grams of one order, numbered: two places hold the same n-gram just if they hold the same number (anywhere, or
 * within an example: see {@link numberNgrams}).
 * The n-gram that starts at position p of the lines' tokens is `hypotheses[p]` (or `references[p]`); positions less
 * than n before the end of their line hold nothing of use.
 */
export interface NgramsOfOrder {
  /** How many words an n-gram has. */
  readonly order: number;
  /** How many distinct n-grams there are; they are numbered from 0. */
  readonly distinct: number;
  /** The number of the n-gram that starts at each place of the hypotheses' tokens. */
  readonly hypotheses: Int32Array;
  /** The same of the references' tokens. */
  readonly references: Int32Array;
}

/**
 * Numbers all n-grams of the corpus, order by order from 1 to {@link MAX_ORDER}.
 *
 * @param scope `corpus`: equal n-grams have equal numbers anywhere. `example`: only within an example, which is enough
 *   for BLEU and several times faster, because the table stays small.
 */
export function numberNgrams(corpus: Corpus, scope: "corpus" | "example" = "corpus"): NgramsOfOrder[] {
  return Array.from(numberOrders([corpus], scope), ([grams]) => grams!);
}

/**
 * {@link numberNgrams} of several systems' captions with the same references and one vocabulary, which have equal numbers for
 * equal n-grams, too: the references are numbered once. Of each system, each order as soon as it is numbered.
 * @param allocate where numbers are put
 */
export function* numberOrders(
  corpora: readonly Corpus[],
  scope: "corpus" | "example" = "corpus",
  allocate = (length: number): Int32Array => new Int32Array(length),
): Generator<NgramsOfOrder[]> {
  let grams = corpora.map(({ hypotheses, references, vocabulary }): NgramsOfOrder => {
    return { order: 1, distinct: vocabulary.length, hypotheses: hypotheses.ids, references: references.ids };
  });
  yield grams;
  const tokens = corpora.reduce(
    (sum, { hypotheses }) => sum + hypotheses.ids.length,
    corpora[0]!.references.ids.length,
  );
  const table = new PairTable(scope === "corpus" ? tokens / 4 : 0);
  for (let order = 2; order <= MAX_ORDER; order++) {
    grams = extendNgrams(corpora, grams, table, scope, allocate);
    yield grams;
  }
}

/** An n-gram is the pair of its first n-1 words, which have a number, and its last word. */
function extendNgrams(
  corpora: readonly CorpusLines[],
  prefixes: readonly NgramsOfOrder[],
  table: PairTable,
  scope: string,
  allocate: (length: number) => Int32Array,
): NgramsOfOrder[] {
  const [{ size, references: lines, referenceOffsets }] = corpora as [CorpusLines];
  const [{ order: before, distinct: distinctBefore, references: ofReferences }] = prefixes as [NgramsOfOrder];
  const order = before + 1;
  const hypotheses = prefixes.map((own) => allocate(own.hypotheses.length));
  const references = allocate(ofReferences.length);
  // numbers that restart in every example tell nothing of how often an n-gram occurs
  const single = scope === "corpus" ? findSingle(corpora, prefixes) : new Uint8Array(distinctBefore);
  table.clear();
  let distinct = 0;
  for (let example = 0; example < size; example++) {
    if (scope === "example") table.clear();
    const end = referenceOffsets[example + 1]!;
    for (let line = referenceOffsets[example]!; line < end; line++) {
      numberLine(lines, line, ofReferences, single, references, order, table);
    }
    for (let i = 0; i < corpora.length; i++) {
      numberLine(corpora[i]!.hypotheses, example, prefixes[i]!.hypotheses, single, hypotheses[i]!, order, table);
    }
    distinct = Math.max(distinct, table.size);
  }
  return hypotheses.map((own) => ({ order, distinct, hypotheses: own, references }));
}

function numberLine(
  { ids, offsets }: TokenLines,
  line: number,
  prefixes: Int32Array,
  single: Uint8Array,
  numbers: Int32Array,
  order: number,
  table: PairTable,
): void {
  const end = offsets[line + 1]! - order + 1;
  for (let p = offsets[line]!; p < end; p++) {
    const prefix = prefixes[p]!;
    // what begins or ends with something that occurs once occurs once, and need not be looked up
    const isNew = single[prefix] === 1 || single[prefixes[p + 1]!] === 1;
    numbers[p] = isNew ? table.size++ : table.numberOf(prefix, ids[p + order - 1]!);
  }
}

/** 1 for each n-gram that occurs once in the references and all hypotheses together. */
function findSingle(corpora: readonly CorpusLines[], grams: readonly NgramsOfOrder[]): Uint8Array {
  const [{ order, distinct, references }] = grams as [NgramsOfOrder];
  const counts = new Uint8Array(distinct); // 0, 1, or 2 for more
  const count = ({ offsets }: TokenLines, numbers: Int32Array) => {
    for (let line = 0; line + 1 < offsets.length; line++) {
      const end = offsets[line + 1]! - order + 1;
      for (let p = offsets[line]!; p < end; p++) if (counts[numbers[p]!]! < 2) counts[numbers[p]!]!++;
    }
  };
  count(corpora[0]!.references, references);
  for (const [i, { hypotheses }] of corpora.entries()) count(hypotheses, grams[i]!.hypotheses);
  for (let gram = 0; gram < counts.length; gram++) if (counts[gram] === 2) counts[gram] = 0;
  return counts;
}

const LEAST_CAPACITY = 1 << 10;
const SLOT = 4; // first, second, number, generation: a slot never straddles a cache line

/** Numbers pairs of integers: a hash table in one flat array, several times faster than a Map keyed by strings. */
class PairTable {
  /** How many numbers are given out; whoever needs one for what is not looked up again may take the next. */
  size = 0;
  #filled = 0;
  #capacity: number;
  #slots: Int32Array;
  /** A slot of another generation is empty: forgetting everything costs nothing. */
  #generation = 1;

  /** @param expected about how many pairs will be looked up; it grows as needed */
  constructor(expected: number) {
    this.#capacity = 2 ** Math.ceil(Math.log2(Math.max(expected, LEAST_CAPACITY)));
    this.#slots = new Int32Array(SLOT * this.#capacity);
  }

  numberOf(first: number, second: number): number {
    const slot = this.#find(first, second);
    const slots = this.#slots;
    if (slots[slot + 3] === this.#generation) return slots[slot + 2]!;
    slots[slot] = first;
    slots[slot + 1] = second;
    slots[slot + 2] = this.size++;
    slots[slot + 3] = this.#generation;
    if (2 * ++this.#filled > this.#capacity) this.#grow();
    return this.size - 1;
  }

  clear(): void {
    this.size = 0;
    this.#filled = 0;
    this.#generation++;
  }

  /** The slot that holds the pair, or the empty one where it belongs. */
  #find(first: number, second: number): number {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
    hash ^= hash >>> 15;
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const slot = SLOT * bucket;
      if (slots[slot + 3] !== this.#generation || (slots[slot] === first && slots[slot + 1] === second)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Int32Array(SLOT * this.#capacity);
    for (let slot = 0; slot < old.length; slot += SLOT) {
      if (old[slot + 3] !== this.#generation) continue;
      const place = this.#find(old[slot]!, old[slot + 1]!);
      for (let i = 0; i < SLOT; i++) this.#slots[place + i] = old[slot + i]!;
    }
  }
}
