/**
 * What is used of @huggingface/tokenizers 0.2. It has types of its own, but they import one another without file
 * extensions, so that no module resolved by Node's rules finds them.
 */
declare module "@huggingface/tokenizers" {
  export class Unigram {
    /** @param endToken the name of the end token, if there is one */
    constructor(config: { type: "Unigram"; unk_id: number; vocab: [piece: string, score: number][] }, endToken: string);
    /**
     * Inserts every piece that begins at a character of the lattice, from left to right and the shorter piece first;
     * a character that is no piece is inserted as the unknown token.
     */
    populate_nodes(lattice: {
      /** The text's code points. */
      chars: readonly string[];
      insert(start: number, length: number, score: number, id: number): void;
    }): void;
  }

  /** Cuts words into the longest pieces; a word that cannot be cut, or is too long, is the unknown token. */
  export class WordPiece {
    constructor(config: {
      unk_token: string;
      continuing_subword_prefix: string;
      /** In code points. */
      max_input_chars_per_word: number;
      vocab: Readonly<Record<string, number>>;
    });
    encode(words: readonly string[]): string[];
  }

  /** Merges the characters of words; one that the vocabulary lacks becomes the unknown token, or nothing. */
  export class BPE {
    constructor(config: {
      unk_token: string | null;
      end_of_word_suffix: string | null;
      ignore_merges: boolean;
      vocab: Readonly<Record<string, number>>;
      merges: readonly (readonly [left: string, right: string])[];
    });
    encode(words: readonly string[]): string[];
  }

  export interface Decoder {
    decode(pieces: readonly string[]): string;
  }

  export class ByteFallbackDecoder implements Decoder {
    text_decoder: TextDecoder;
    decode(pieces: readonly string[]): string;
  }

  export class WordPieceDecoder implements Decoder {
    /** @param config `cleanup` drops spaces inside of pieces: " ." becomes "." */
    constructor(config: { type: "WordPiece"; prefix: string; cleanup: boolean });
    decode(pieces: readonly string[]): string;
  }

  export class SequenceDecoder implements Decoder {
    readonly decoders: readonly Decoder[];
    constructor(config: { type: "Sequence"; decoders: readonly object[] });
    decode(pieces: readonly string[]): string;
  }
}
