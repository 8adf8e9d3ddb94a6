import { SimvlmError } from "@simvlm/metrics";
import type { TokenizerFile } from "./tokenizer-file.js";
import { findWords, type WordSpan } from "./word-spans.js";

export interface DecodeOptions {
  /** Leave out the special tokens. Default true. */
  readonly skipSpecial?: boolean;
  /** The ids that come before: the text goes on from theirs, so a first space belongs to it. Default none. */
  readonly after?: readonly number[];
}

/** What every model family's tokenizer can do: text to token ids and back, and the words that the ids make up. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly startId: number;
  readonly endId: number;
  readonly unknownId: number;
  /** What a checkpoint keeps; `saveTokenizer` writes it. */
  readonly file: TokenizerFile;
  /** The ids of a text, without special tokens around it. */
  encode(text: string): number[];
  /** Bytes that are not UTF-8 become U+FFFD. @throws SimvlmError `unknown-token` for an id outside the vocabulary */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** The piece of each id, as the vocabulary writes it: `▁dog`, `##s`, `<0xE2>`, `</s>`. */
  pieces(ids: Iterable<number>): string[];
  /** The words, in order; special tokens belong to none, every other position to exactly one. */
  words(ids: Iterable<number>): WordSpan[];
}

/** What one model family's tokenizer does in its own way. */
export interface TokenizerParts
  extends Pick<Tokenizer, "padId" | "startId" | "endId" | "unknownId" | "file" | "encode"> {
  /** The pieces by id. */
  readonly vocabulary: readonly string[];
  readonly specialIds: ReadonlySet<number>;
  /** The decoder: the text of one or more ids of the vocabulary. */
  textOf(ids: readonly number[]): string;
}

/** Makes a tokenizer from what its family does in its own way. */
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
