import type { Tokenizer } from "./assemble-tokenizer.js";
import { buildPretrained } from "./pretrained/build-pretrained.js";
import type { PretrainedFile } from "./pretrained/file-schema.js";
import type { UnigramFile } from "./tokenizer-file.js";
import { unigramTokenizer } from "./unigram.js";

/** A tokenizer as JSON. */
export type PortableTokenizer = Pick<Tokenizer, "file" | "pretrained">;

/** The tokenizer that this was taken of. Nothing here needs Node.js or a browser. */
export function openPortableTokenizer({ file, pretrained }: PortableTokenizer): Tokenizer {
  return pretrained ? buildPretrained(file as PretrainedFile, pretrained) : unigramTokenizer(file as UnigramFile);
}
