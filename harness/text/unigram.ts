import { ByteFallbackDecoder, SequenceDecoder, Unigram } from "@huggingface/tokenizers";
import { assembleTokenizer, type Tokenizer } from "./assemble-tokenizer.js";
import {
  END_ID,
  FIRST_BYTE_ID,
  FIRST_PIECE_ID,
  PAD_ID,
  SPACE_MARK,
  SPECIAL_TOKENS,
  START_ID,
  splitWords,
  UNKNOWN_ID,
} from "./symbols.js";
import type { UnigramFile } from "./tokenizer-file.js";

/** Two spaces: a piece that no word can contain. */
const NO_WORD = "  ";
const CACHED_WORDS = 1 << 16;
const CACHED_LENGTH = 48;

/** SimVLM's own tokenizer of a file that has been checked. Nothing here needs Node.js or a browser. */
export function unigramTokenizer(file: UnigramFile): Tokenizer {
  const vocabulary = file.model.vocab.map(([piece]) => piece);
  const decoder = createDecoder(file);
  const segment = createSegmenter(file);
  return assembleTokenizer({
    vocabulary,
    padId: PAD_ID,
    startId: START_ID,
    endId: END_ID,
    unknownId: UNKNOWN_ID,
    specialIds: new Set(SPECIAL_TOKENS.keys()),
    file,
    encode: (text) => splitWords(text).flatMap((word) => segment(word)),
    textOf: (ids) => decoder.decode(ids.map((id) => vocabulary[id]!)),
  });
}

/** The library's decoder, except that it keeps a byte order mark. */
function createDecoder(file: UnigramFile): SequenceDecoder {
  const decoder = new SequenceDecoder(file.decoder);
  for (const step of decoder.decoders) {
    if (step instanceof ByteFallbackDecoder) step.text_decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  }
  return decoder;
}

/**
 * The most probable segmentation of a word (Viterbi over a unigram language model: Kudo 2018, arXiv 1804.10959).
 * A character that no piece covers becomes its UTF-8 bytes.
 * @returns a function from a word, as `splitWords` gives it, to token ids
 */
export function createSegmenter({ model }: UnigramFile): (word: string) => readonly number[] {
  // The library has no byte fallback and would take `<0x41>` and `</s>` in a text for tokens: only learned pieces may match.
  const vocab = model.vocab.map(([piece, score], id): [string, number] =>
    id < FIRST_PIECE_ID ? [NO_WORD, 0] : [piece.replace(SPACE_MARK, " "), score],
  );
  const unigram = new Unigram({ type: "Unigram", unk_id: UNKNOWN_ID, vocab }, "");
  const cache = new Map<string, readonly number[]>();
  return (word) => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const ids = segment(word, unigram);
    if (word.length <= CACHED_LENGTH) {
      if (cache.size >= CACHED_WORDS) cache.clear();
      cache.set(word, ids);
    }
    return ids;
  };
}

/**
 * The library finds and scores the pieces; the best path is chosen here. Its own `tokenize` compares two paths only
 * after adding the next piece's score, which may round their difference away, so that it cuts "95.000\u00a0im" otherwise
 * than Hugging Face's original in Rust does.
 */
function segment(word: string, unigram: Unigram): number[] {
  const chars = Array.from(word);
  const best = new Float64Array(chars.length + 1).fill(-Infinity);
  const from = new Int32Array(chars.length + 1);
  const via = new Int32Array(chars.length + 1);
  best[0] = 0;
  const insert = (start: number, length: number, score: number, id: number): void => {
    const end = start + length;
    const total = best[start]! + score;
    // Strictly greater: of equal paths the one with the longer last piece stays, as in the original.
    if (total <= best[end]!) return;
    best[end] = total;
    from[end] = start;
    via[end] = id;
  };
  unigram.populate_nodes({ chars, insert });
  const ids: number[] = [];
  for (let end = chars.length; end > 0; end = from[end]!) {
    if (via[end] === UNKNOWN_ID) ids.push(...byteIds(chars[end - 1]!).reverse());
    else ids.push(via[end]!);
  }
  return ids.reverse();
}

const utf8 = new TextEncoder();

function byteIds(character: string): number[] {
  return Array.from(utf8.encode(character), (byte) => FIRST_BYTE_ID + byte);
}
