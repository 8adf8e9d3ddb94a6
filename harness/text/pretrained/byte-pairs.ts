import { BPE } from "@huggingface/tokenizers";
import type { ClipFile, Gpt2File } from "./file-schema.js";
import { LETTER, lowerCase, NUMBER, normalizeAsReference, WHITE_SPACE } from "./older-unicode.js";
import type { TextModel } from "./text-model.js";

const OTHER = `[^${WHITE_SPACE}${LETTER}${NUMBER}]`;
const ENDINGS = "'s|'t|'re|'ve|'m|'ll|'d";
const NOT_SPACE = `[^${WHITE_SPACE}]`;
/** GPT-2's words: a space belongs to the word behind it. */
const GPT2_WORDS = new RegExp(
  `${ENDINGS}| ?${LETTER}+| ?${NUMBER}+| ?${OTHER}+|${WHITE_SPACE}+(?!${NOT_SPACE})|${WHITE_SPACE}+`,
  "gv",
);
/** CLIP's words: no spaces, every digit by itself. */
const CLIP_WORDS = new RegExp(`<\\|startoftext\\|>|<\\|endoftext\\|>|${ENDINGS}|${LETTER}+|${NUMBER}|${OTHER}+`, "gv");
const SPACES = new RegExp(`${WHITE_SPACE}+`, "gv");

/** Python's `str.strip` knows four separators that Unicode does not call white space. */
const OUTER_SPACE = new RegExp(`^[${WHITE_SPACE}\\x1C-\\x1F]+|[${WHITE_SPACE}\\x1C-\\x1F]+$`, "gv");

/**
 * GPT-2's tokenizer: pairs of bytes merged in the order in which they were learned (Radford et al. 2019; Sennrich et
 * al. 2016, arXiv 1508.07909); or CLIP's: the same on words in lower case, whose last piece ends in `</w>` (Radford et
 * al. 2021, arXiv 2103.00020). The library merges; words and bytes are made here, because it knows JavaScript's white
 * space only, and reads added tokens as bytes.
 */
export function createBytePairs(file: Gpt2File | ClipFile): TextModel {
  const merge = createMerger(file.model);
  if (file.normalizer === null) {
    const first = file.pre_tokenizer.add_prefix_space ? " " : "";
    return {
      normalize: (text) => text,
      encode: (text) => merge((text.startsWith(" ") ? text : first + text).match(GPT2_WORDS) ?? []),
      decode: bytesToText,
    };
  }
  return {
    normalize: (text) => lowerCase(normalizeAsReference(text, "NFC").replace(SPACES, " ")),
    // A `<|endoftext|>` that only lower case brings about is one word of CLIP's and three of GPT-2's.
    encode: (text) => merge((text.match(CLIP_WORDS) ?? []).flatMap((word) => word.match(GPT2_WORDS) ?? [])),
    decode: (pieces) => bytesToText(pieces).replaceAll("</w>", " ").replace(OUTER_SPACE, ""),
  };
}

function createMerger(model: (Gpt2File | ClipFile)["model"]): (words: readonly string[]) => string[] {
  const library = new BPE(model);
  const known = (symbol: string): boolean => Object.hasOwn(model.vocab, symbol);
  return (words) => {
    const written = words.map(bytesToSymbols);
    // Bytes that the vocabulary lacks are dropped before their neighbours are merged.
    if (model.unk_token !== null) return library.encode(written);
    return library.encode(written.map((word) => Array.from(word).filter(known).join("")));
  };
}

/** A printable character for each byte: itself where it is printable in Latin-1, else one from U+0100 on. */
const SYMBOLS: readonly string[] = (() => {
  let spare = 0x100;
  const printable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : spare++));
})();
const BYTES = new Map(SYMBOLS.map((symbol, byte) => [symbol, byte]));

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function bytesToSymbols(text: string): string {
  return Array.from(utf8.encode(text), (byte) => SYMBOLS[byte]).join("");
}

/** A piece with a character that stands for no byte, such as an added token's, is text already. */
function bytesToText(pieces: readonly string[]): string {
  const bytes = pieces.flatMap((piece) => {
    const read = Array.from(piece, (symbol) => BYTES.get(symbol));
    return read.includes(undefined) ? Array.from(utf8.encode(piece)) : read.filter((byte) => byte !== undefined);
  });
  return fromUtf8.decode(Uint8Array.from(bytes));
}
