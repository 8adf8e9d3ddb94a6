import type { Tokenizer } from "./assemble-tokenizer.js";

/** What the model knows about its tokenizer. */
export interface PretrainedTokenizerOptions {
  /** The id that begins a text. Default that of the tokenizer's own `cls_token` or `bos_token`. */
  readonly startId?: number;
  /** The id that ends a text. Default that of the tokenizer's own `sep_token` or `eos_token`. */
  readonly endId?: number;
  /** The id that fills up shorter rows of a batch. Default that of the tokenizer's own `pad_token`, else the end's. */
  readonly padId?: number;
  /** How many ids the model can say. The tokenizer may have fewer pieces, not more. */
  readonly vocabularySize: number;
  /**
   * Special tokens of the model that an old tokenizer lacks, by name: BLIP's `{ "[DEC]": 30522, "[ENC]": 30523 }`. They
   * are found in no text, and decoded as nothing.
   */
  readonly added?: Readonly<Record<string, number>>;
}

/**
 * Loads the tokenizer of a folder as the Hugging Face client leaves it: BERT's WordPiece, or the byte pairs of GPT-2 or
 * CLIP, from `tokenizer.json`, `vocab.txt`, or `vocab.json` with `merges.txt`. Ids and decoded texts are those of
 * transformers 5.24; a special token inside a text (`[SEP]`) is that token, and a lone surrogate, which the reference
 * refuses, is U+FFFD.
 *
 * @throws SimvlmError `no-tokenizer`; `bad-tokenizer` for files that cannot be used; `tokenizer-mismatch` where they do
 *   not fit the model; what `readJson` throws
 */
export async function loadPretrainedTokenizer(folder: string, options: PretrainedTokenizerOptions): Promise<Tokenizer> {
  const { loadPretrained } = await import("./pretrained/load-pretrained.js"); // a program that trains its own does without
  return loadPretrained(folder, options);
}
