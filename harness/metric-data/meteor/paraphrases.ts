import { StringDecoder } from "node:string_decoder";
import { type ParaphraseTable, SimvlmError } from "@simvlm/metrics";
import { findPhrase, grown, type PhraseIndex, PhraseNumbering } from "./phrase-index.js";

/** A table of paraphrases in few arrays, as it is kept on the disk. */
export interface Paraphrases extends PhraseIndex {
  /** The words, one a line; a word's line is its number. */
  readonly vocabulary: string;
  /** Where the paraphrases of each phrase begin in `paraphrases`; the last is its end. */
  readonly offsets: Uint32Array;
  /** Of each phrase those that stand for it, in ascending order. The other direction is not in it: METEOR counts them apart. */
  readonly paraphrases: Int32Array;
}

/** The arrays as METEOR looks things up in them. */
export function openParaphrases(table: Paraphrases): ParaphraseTable {
  const { vocabulary, offsets, paraphrases, starts } = table;
  const numbers = new Map(vocabulary.split("\n").map((word, number) => [word, number]));
  let longest = 0;
  for (let phrase = 0; phrase + 1 < starts.length; phrase++) {
    longest = Math.max(longest, starts[phrase + 1]! - starts[phrase]!);
  }
  return {
    longest,
    numberOf: (word) => numbers.get(word) ?? -1,
    phraseAt: (words, start, length) => findPhrase(table, words, start, length),
    paraphrasesOf: (phrase) => paraphrases.subarray(offsets[phrase], offsets[phrase + 1]),
  };
}

/** In characters: no phrase is longer. */
const LONGEST_LINE = 1 << 16;
/** Six times as many as METEOR's own table of English has. */
const MOST_PAIRS = 1 << 25;
const LINES_OF_PAIR = 3;

/**
 * Reads METEOR's table: of each pair a line with its probability, one with a phrase, and one with what stands for it.
 * @param path stands in messages
 * @throws SimvlmError `bad-meteor-data`, and what reading the chunks throws
 */
export async function readParaphrases(chunks: AsyncIterable<Buffer>, path: string): Promise<Paraphrases> {
  const collected = new PairCollector(path);
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw bad(path, "it has a line that is no phrase: it is too long");
    for (const line of lines) collected.add(line);
  };
  for await (const chunk of chunks) take(decoder.write(chunk));
  take(decoder.end());
  if (rest !== "") collected.add(rest);
  return collected.finish();
}

class PairCollector {
  readonly #path: string;
  readonly #words = new Map<string, number>();
  readonly #phrases = new PhraseNumbering();
  #line = 0;
  #phrase = { text: "", number: 0 };
  #pairs = 0;
  #from = new Uint32Array(1 << 10);
  #to = new Uint32Array(1 << 10);

  constructor(path: string) {
    this.#path = path;
  }

  add(line: string): void {
    const place = this.#line++ % LINES_OF_PAIR;
    if (place === 0 && !(Number(line) >= 0)) {
      throw bad(this.#path, `line ${this.#line} is "${line.slice(0, 40)}", but should be a probability`);
    }
    // A phrase's paraphrases come one after the other.
    if (place === 1 && (line !== this.#phrase.text || this.#line === 2)) {
      this.#phrase = { text: line, number: this.#numberOf(line) };
    }
    if (place === 2) this.#addPair(this.#phrase.number, this.#numberOf(line));
  }

  #numberOf(phrase: string): number {
    const numbers = phrase.split(" ").map((word) => {
      const known = this.#words.get(word);
      if (known !== undefined) return known;
      this.#words.set(word, this.#words.size);
      return this.#words.size - 1;
    });
    return this.#phrases.numberOf(numbers);
  }

  #addPair(from: number, to: number): void {
    if (this.#pairs === MOST_PAIRS) throw bad(this.#path, `it has more than ${MOST_PAIRS} pairs`);
    if (this.#pairs === this.#from.length) [this.#from, this.#to] = [grown(this.#from), grown(this.#to)];
    this.#from[this.#pairs] = from;
    this.#to[this.#pairs] = to;
    this.#pairs++;
  }

  finish(): Paraphrases {
    if (this.#pairs === 0 || this.#line % LINES_OF_PAIR !== 0) {
      throw bad(this.#path, `it has ${this.#line} lines, but pairs have three each: it is empty or cut short`);
    }
    const { count } = this.#phrases;
    return {
      vocabulary: [...this.#words.keys()].join("\n"),
      ...this.#phrases.finish(this.#words.size),
      ...groupPairs(count, this.#from.subarray(0, this.#pairs), this.#to.subarray(0, this.#pairs)),
    };
  }
}

/** The pairs by their first number, each once: a counting sort. */
function groupPairs(count: number, from: Uint32Array, to: Uint32Array): Pick<Paraphrases, "offsets" | "paraphrases"> {
  const ends = new Uint32Array(count + 1);
  for (const phrase of from) ends[phrase + 1]!++;
  for (let phrase = 0; phrase < count; phrase++) ends[phrase + 1]! += ends[phrase]!;
  const next = ends.slice();
  const sorted = new Int32Array(from.length);
  for (const [i, phrase] of from.entries()) sorted[next[phrase]!++] = to[i]!;
  const offsets = new Uint32Array(count + 1);
  let kept = 0;
  for (let phrase = 0; phrase < count; phrase++) {
    const own = sorted.subarray(ends[phrase], ends[phrase + 1]).sort();
    offsets[phrase] = kept;
    for (const [i, each] of own.entries()) if (i === 0 || each !== own[i - 1]) sorted[kept++] = each;
  }
  offsets[count] = kept;
  return { offsets, paraphrases: sorted.slice(0, kept) };
}

const bad = (path: string, what: string) =>
  new SimvlmError("bad-meteor-data", `${path} is no table of METEOR's paraphrases: ${what}.`);
