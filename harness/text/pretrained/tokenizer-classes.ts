import { CLIP_PATTERN, type TokenizerClass } from "./file-schema.js";
import type { TokenizerConfig } from "./tokenizer-config.js";

const START = "<|startoftext|>";
const END = "<|endoftext|>";

/** Special tokens by purpose that a class has unless its config says otherwise. */
export const USUAL_TOKENS: Readonly<Record<TokenizerClass, Readonly<Record<string, string>>>> = {
  BertTokenizer: {
    unk_token: "[UNK]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    cls_token: "[CLS]",
    mask_token: "[MASK]",
  },
  GPT2Tokenizer: { bos_token: END, eos_token: END, unk_token: END },
  CLIPTokenizer: { bos_token: START, eos_token: END, unk_token: END, pad_token: END },
};

/**
 * What a class puts around its vocabulary. The reference takes only the vocabulary, the merges and the added tokens from
 * the `tokenizer.json` of these classes, and everything else from the config (transformers 5.24).
 * @param model the vocabulary and its merges
 * @param unknown the token of unknown words or bytes
 */
export function buildPipeline(
  tokenizerClass: TokenizerClass,
  config: TokenizerConfig,
  { vocab, merges }: Readonly<Record<string, unknown>>,
  unknown: string,
): Record<string, unknown> {
  switch (tokenizerClass) {
    case "BertTokenizer":
      return {
        normalizer: {
          type: "BertNormalizer",
          clean_text: true,
          handle_chinese_chars: config.splitChinese,
          strip_accents: config.stripAccents,
          lowercase: config.lowercase,
        },
        pre_tokenizer: { type: "BertPreTokenizer" },
        decoder: { type: "WordPiece" },
        model: { type: "WordPiece", unk_token: unknown, vocab },
      };
    case "GPT2Tokenizer":
      return {
        normalizer: null,
        pre_tokenizer: { type: "ByteLevel", add_prefix_space: config.addPrefixSpace },
        decoder: { type: "ByteLevel" },
        model: { type: "BPE", vocab, merges },
      };
    case "CLIPTokenizer":
      return {
        normalizer: {
          type: "Sequence",
          normalizers: [
            { type: "NFC" },
            { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
            { type: "Lowercase" },
          ],
        },
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [
            { type: "Split", pattern: { Regex: CLIP_PATTERN }, behavior: "Removed", invert: true },
            { type: "ByteLevel", add_prefix_space: false },
          ],
        },
        decoder: { type: "ByteLevel" },
        model: { type: "BPE", unk_token: unknown, end_of_word_suffix: "</w>", vocab, merges },
      };
  }
}
