import { WordPiece, WordPieceDecoder } from "@huggingface/tokenizers";
import type { BertNormalizer, WordPieceFile } from "./file-schema.js";
import { CONTROL, lowerCase, MARK, normalizeAsReference, PUNCTUATION, WHITE_SPACE } from "./older-unicode.js";
import type { TextModel } from "./text-model.js";

const CONTROLS = new RegExp(CONTROL, "gv");
const SPACES = new RegExp(WHITE_SPACE, "gv");
const MARKS = new RegExp(MARK, "gv");
const WORDS = new RegExp(`${PUNCTUATION}|[^${WHITE_SPACE}${PUNCTUATION}]+`, "gv");
/** Chinese characters, with the reference's slip in one block (U+2B820 to U+2B91F are none). */
const CHINESE =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

/**
 * BERT's tokenizer: words and punctuation marks, each cut into the longest pieces of the vocabulary from left to right
 * (Devlin et al. 2019, arXiv 1810.04805). The library cuts words; texts are prepared here, because it takes characters
 * beyond U+FFFF apart, drops letters as controls, and keeps U+0085 as no white space.
 * @param cleanUp whether decoded text loses the spaces in "do n't" and "dog 's", as older versions of the reference did
 */
export function createWordPieces({ normalizer, decoder, model }: WordPieceFile, cleanUp: boolean): TextModel {
  const wordPiece = new WordPiece(model);
  const joiner = new WordPieceDecoder(decoder);
  return {
    normalize: (text) => normalizeText(text, normalizer),
    encode: (text) => wordPiece.encode(text.match(WORDS) ?? []),
    decode: (pieces) => (cleanUp ? tidy(joiner.decode(pieces)) : joiner.decode(pieces)),
  };
}

function normalizeText(text: string, options: BertNormalizer): string {
  let result = text;
  if (options.clean_text) result = result.replace(CONTROLS, "").replace(SPACES, " ");
  if (options.handle_chinese_chars) result = result.replace(CHINESE, " $& ");
  if (options.strip_accents ?? options.lowercase) result = normalizeAsReference(result, "NFD").replace(MARKS, "");
  return options.lowercase ? lowerCase(result) : result;
}

function tidy(text: string): string {
  return text
    .replace(/ ([.?!,])/g, "$1")
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, "$1");
}
