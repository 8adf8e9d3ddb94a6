import { SimvlmError } from "@simvlm/metrics";
import type { PretrainedParts } from "./pretrained/build-pretrained.js";
import type { TokenizerFile } from "./tokenizer-file.js";
import { findWords, type WordSpan } from "./word-spans.js";

/** What becomes of special tokens, and which text the ids continue. */
export interface DecodeOptions {
  /** Whether special tokens are left out of the text. Default true. */
  readonly skipSpecial?: boolean;
  /** The ids that come before: the decoded text continues theirs, so a space at its beginning is kept. Default none. */
  readonly after?: readonly number[];
}

/**
 * What the tokenizer of every model family can do: turn text into token ids and back, and find the words that the ids
 * make up.
 */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly startId: number;
  readonly endId: number;
  readonly unknownId: number;
  /** The content of the file that a checkpoint keeps; {@link saveTokenizer} writes it. */
  readonly file: TokenizerFile;
  /** What it is made of besides; absent where the file says all. */
  readonly pretrained?: PretrainedParts | undefined;
  /** The ids of a text, without special tokens around it. */
  encode(text: string): number[];
  /**
   * The text of the ids; bytes that are not UTF-8 become U+FFFD.
   * @throws SimvlmError `unknown-token` for an id outside the vocabulary
   */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /**
   * The piece of each id as the vocabulary writes it: `▁dog`, `##s`, `<0xE2>`, `</s>`.
   * @throws SimvlmError `unknown-token` for an id outside the vocabulary
   */
  pieces(ids: Iterable<number>): string[];
  /**
   * The words in order. Special tokens belong to none of them, every other position to exactly one.
   * @throws SimvlmError `unknown-token` for an id outside the vocabulary
   */
  words(ids: Iterable<number>): WordSpan[];
}

/** What the tokenizer of each model family does in its own way. */
export interface TokenizerParts
  extends Pick<Tokenizer, "padId" | "startId" | "endId" | "unknownId" | "file" | "pretrained" | "encode"> {
  /** The pieces, by id. */
  readonly vocabulary: readonly string[];
  /** Ids that belong to no word and that `decode` leaves out by default. */
  readonly specialIds: ReadonlySet<number>;
  /** The decoder: the text of one or more ids of the vocabulary. */
  textOf(ids: readonly number[]): string;
}

/** Makes a tokenizer from the parts that its family does in its own way. */
export function assembleTokenizer({ vocabulary, specialIds, textOf, ...own }: TokenizerParts): Tokenizer {
  const isSpecial = (id: number): boolean => specialIds.has(id);
  const check = (id: number): number => {
    if (Number.isInteger(id) && id >= 0 && id < vocabulary.length) return id;
    throw new SimvlmError("unknown-token", `Token id ${id} is outside the vocabulary of ${vocabulary.length} pieces.`);
  };
  return {
    ...own,
    vocabSize: vocabulary.length,
    decode: (ids, { skipSpecial = true, after = [] } = {}) => {
      const read = (all: readonly number[]): string => {
        const shown = skipSpecial ? all.filter((id) => !isSpecial(id)) : all;
        return shown.length === 0 ? "" : textOf(shown);
      };
      const before = after.map(check);
      return read([...before, ...Array.from(ids, check)]).slice(read(before).length);
    },
    pieces: (ids) => Array.from(ids, (id) => vocabulary[check(id)]!),
    words: (ids) => findWords(Array.from(ids, check), isSpecial, textOf),
  };
}
