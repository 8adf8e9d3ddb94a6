import type { Tokenizer } from "./assemble-tokenizer.js";
import { parseTokenizerFile, readTokenizerFile } from "./tokenizer-file.js";
import { unigramTokenizer } from "./unigram.js";

/**
 * Loads SimVLM's own tokenizer, that of a checkpoint or one just trained. Any well-formed string comes back unchanged:
 * `decode(encode(text)) === text`; a lone surrogate, which UTF-8 cannot hold, comes back as U+FFFD. `encode` never
 * gives a special id: `</s>` in a text is four characters.
 *
 * Tokenise a text once and split the ids: `decode(ids.slice(0, k)) + decode(ids.slice(k), { after: ids.slice(0, k) })`
 * is the text again unless the cut falls within the bytes of one character.
 *
 * @throws SimvlmError `missing-file`, `bad-tokenizer`
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  return unigramTokenizer(await readTokenizerFile(path));
}

/**
 * Makes SimVLM's own tokenizer from a parsed `tokenizer.json`, see {@link loadTokenizer}.
 * @throws SimvlmError `bad-tokenizer`
 */
export function createTokenizer(json: unknown): Tokenizer {
  return unigramTokenizer(parseTokenizerFile(json, "tokenizer.json"));
}
