import { SimvlmError } from "@simvlm/metrics";
import { createSegmenter } from "./segmenter.js";
import {
  END_ID,
  FIRST_BYTE_ID,
  FIRST_PIECE_ID,
  PAD_ID,
  SPACE_MARK,
  START_ID,
  splitWords,
  UNKNOWN_ID,
} from "./symbols.js";
import { parseTokenizerFile, readTokenizerFile, type TokenizerFile } from "./tokenizer-file.js";

export interface DecodeOptions {
  /** Leave out `<pad>`, `<s>`, `</s>`, `<unk>`. Default true. */
  readonly skipSpecial?: boolean;
  /** The ids go on from others, so a first space belongs to the text. Default false. */
  readonly continues?: boolean;
}

/** A word of a token sequence: positions `start` to `end` (exclusive), and its text without the space before it. */
export interface WordSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A unigram tokenizer. Any well-formed string comes back: `decode(encode(text)) === text`; a lone surrogate, which
 * UTF-8 cannot hold, comes back as U+FFFD. `encode` never gives a special id: `</s>` in a text is four characters.
 *
 * Tokenise a text once and split the ids: `decode(ids.slice(0, k)) + decode(ids.slice(k), { continues: true })`, k > 0, is the
 * text again unless the cut falls within the bytes of one character.
 */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly startId: number;
  readonly endId: number;
  readonly unknownId: number;
  /** What a checkpoint keeps; `saveTokenizer` writes it. */
  readonly file: TokenizerFile;
  encode(text: string): number[];
  /** Bytes that are not UTF-8 become U+FFFD. @throws SimvlmError `unknown-token` for an id outside the vocabulary */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** The piece of each id, as the vocabulary writes it: `▁dog`, `<0xE2>`, `</s>`. */
  pieces(ids: Iterable<number>): string[];
  /** The words, in order; special tokens belong to none, every other position to exactly one. */
  words(ids: Iterable<number>): WordSpan[];
}

/** @throws SimvlmError `missing-file`, `bad-tokenizer` */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  return tokenizerOf(await readTokenizerFile(path));
}

/** @param json a parsed `tokenizer.json`. @throws SimvlmError `bad-tokenizer` */
export function createTokenizer(json: unknown): Tokenizer {
  return tokenizerOf(parseTokenizerFile(json, "tokenizer.json"));
}

function tokenizerOf(file: TokenizerFile): Tokenizer {
  const vocab = file.model.vocab;
  const segment = createSegmenter(vocab);
  const surfaces = vocab.map(([piece]) => piece.replace(SPACE_MARK, " "));
  const check = (id: number): number => {
    if (Number.isInteger(id) && id >= 0 && id < vocab.length) return id;
    throw new SimvlmError("unknown-token", `Token id ${id} is outside the vocabulary of ${vocab.length} pieces.`);
  };

  /** The text with its first space. */
  const surface = (ids: Iterable<number>, skipSpecial: boolean): string => {
    let text = "";
    let bytes: number[] = [];
    for (const id of ids) {
      if (isByte(check(id))) {
        bytes.push(id - FIRST_BYTE_ID);
      } else if (!(skipSpecial && isSpecial(id))) {
        text += fromBytes(bytes) + surfaces[id]!;
        bytes = [];
      }
    }
    return text + fromBytes(bytes);
  };

  return {
    vocabSize: vocab.length,
    padId: PAD_ID,
    startId: START_ID,
    endId: END_ID,
    unknownId: UNKNOWN_ID,
    file,
    encode: (text) => splitWords(text).flatMap((word) => segment(word)),
    decode: (ids, { skipSpecial = true, continues = false } = {}) => {
      const text = surface(ids, skipSpecial);
      return continues ? text : text.replace(/^ /, "");
    },
    pieces: (ids) => Array.from(ids, (id) => vocab[check(id)]![0]),
    words: (ids) => {
      const all = Array.from(ids, check);
      return wordBounds(all, surfaces).map(([start, end]) => ({
        text: surface(all.slice(start, end), true).replace(/^ /, ""),
        start,
        end,
      }));
    },
  };
}

function wordBounds(ids: readonly number[], surfaces: readonly string[]): [start: number, end: number][] {
  const bounds: [number, number][] = [];
  let open = false;
  for (const [position, id] of ids.entries()) {
    const special = isSpecial(id);
    if (!special && (!open || surfaces[id]!.startsWith(" "))) bounds.push([position, position]);
    if (!special) bounds.at(-1)![1] = position + 1;
    open = !special;
  }
  return bounds;
}

const isSpecial = (id: number): boolean => id < FIRST_BYTE_ID;
const isByte = (id: number): boolean => id >= FIRST_BYTE_ID && id < FIRST_PIECE_ID;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function fromBytes(bytes: readonly number[]): string {
  return bytes.length === 0 ? "" : utf8.decode(Uint8Array.from(bytes));
}
