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

  export interface Decoder {
    decode(pieces: readonly string[]): string;
  }

  export class ByteFallbackDecoder implements Decoder {
    text_decoder: TextDecoder;
    decode(pieces: readonly string[]): string;
  }

  export class SequenceDecoder implements Decoder {
    readonly decoders: readonly Decoder[];
    constructor(config: { type: "Sequence"; decoders: readonly object[] });
    decode(pieces: readonly string[]): string;
  }
}
