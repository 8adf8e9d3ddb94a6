import { SimvlmError } from "../error.js";
import { log } from "../statistics/exact.js";
import type { Corpus, CorpusLines } from "./caption-corpus.js";
import type { NgramsOfOrder } from "./ngrams.js";

/**
 * In how many documents (images) each n-gram occurs, as a table that can be kept as JSON: with it a single image can
 * be scored, which by itself always has CIDEr 0.
 */
export interface DocumentFrequencyTable {
  /** The number of images counted. */
  readonly documents: number;
  /** Count by n-gram, its words joined by single spaces. */
  readonly ngrams: Readonly<Record<string, number>>;
}

/** How many images have each n-gram of one order in at least one reference, by the n-gram's number. */
export function countDocuments(corpus: CorpusLines, grams: NgramsOfOrder): Int32Array {
  const { references, referenceOffsets } = corpus;
  const counts = new Int32Array(grams.distinct);
  const countedFor = new Int32Array(grams.distinct);
  const before = grams.order - 1;
  for (let image = 0; image < corpus.size; image++) {
    const lastLine = referenceOffsets[image + 1]!;
    for (let line = referenceOffsets[image]!; line < lastLine; line++) {
      const end = references.offsets[line + 1]! - before;
      for (let p = references.offsets[line]!; p < end; p++) {
        const gram = grams.references[p]!;
        if (countedFor[gram] === image + 1) continue;
        countedFor[gram] = image + 1;
        counts[gram]!++;
      }
    }
  }
  return counts;
}

/**
 * The counts of a table for the n-grams of one order of this corpus, by the n-gram's number.
 *
 * @throws SimvlmError `bad-document-frequency`
 */
export function lookUpDocuments(corpus: Corpus, grams: NgramsOfOrder, table: DocumentFrequencyTable): Int32Array {
  if (!(Number.isInteger(table.documents) && table.documents > 0)) {
    throw badTable(`the table counts ${table.documents} documents: it must be a whole number from 1`);
  }
  const counts = new Int32Array(grams.distinct);
  for (const [gram, text] of ngramTexts(corpus, grams)) counts[gram] = lookUp(table, text);
  return counts;
}

/** ln(images / images with the n-gram) for each n-gram; what no image has counts as in one image. */
export function inverseDocumentFrequencies(counts: Int32Array, documents: number): Float64Array {
  const logDocuments = log(documents);
  const byCount = new Float64Array(1 + counts.reduce((most, count) => Math.max(most, count), 1)).fill(Number.NaN);
  const values = new Float64Array(counts.length);
  for (let gram = 0; gram < counts.length; gram++) {
    const count = Math.max(1, counts[gram]!);
    if (Number.isNaN(byCount[count]!)) byCount[count] = logDocuments - log(count);
    values[gram] = byCount[count]!;
  }
  return values;
}

/** Exports the counts of all orders as a table. */
export function exportTable(corpus: Corpus, orders: readonly NgramsOfOrder[]): DocumentFrequencyTable {
  const ngrams: Record<string, number> = Object.create(null);
  for (const grams of orders) {
    const counts = countDocuments(corpus, grams);
    for (const [gram, text] of ngramTexts(corpus, grams)) {
      if (counts[gram]! > 0) ngrams[text] = counts[gram]!;
    }
  }
  return { documents: corpus.size, ngrams };
}

function lookUp({ ngrams, documents }: DocumentFrequencyTable, text: string): number {
  const count = Object.hasOwn(ngrams, text) ? ngrams[text]! : 0;
  if (Number.isInteger(count) && count >= 0 && count <= documents) return count;
  throw badTable(
    `the document frequency of ${JSON.stringify(text)} is ${count}: it must be a whole number from 0 to ${documents}, the number of documents`,
  );
}

function badTable(message: string): SimvlmError {
  return new SimvlmError("bad-document-frequency", message);
}

/** Every distinct n-gram of the corpus, once: its number and its words. */
export function* ngramTexts(corpus: Corpus, grams: NgramsOfOrder): Generator<[number, string]> {
  const seen = new Uint8Array(grams.distinct);
  for (const side of ["references", "hypotheses"] as const) {
    const { ids, offsets } = corpus[side];
    for (let line = 0; line + 1 < offsets.length; line++) {
      for (let p = offsets[line]!; p < offsets[line + 1]! - grams.order + 1; p++) {
        const gram = grams[side][p]!;
        if (seen[gram]) continue;
        seen[gram] = 1;
        yield [gram, Array.from(ids.subarray(p, p + grams.order), (id) => corpus.vocabulary[id]).join(" ")];
      }
    }
  }
}
