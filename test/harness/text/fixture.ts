import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createTokenizer, type Tokenizer, type UnigramFile } from "../../../harness/text/index.js";

const folder = new URL("../../../fixtures/tokenizer/", import.meta.url);

/** 240 invented captions, English and German by turns. */
export const captionsPath = fileURLToPath(new URL("captions.txt", folder));
export const captions = readFileSync(captionsPath, "utf8").trimEnd().split("\n");

/** `trainTokenizer(captions, { vocabSize: 350 })` */
export const tokenizerPath = fileURLToPath(new URL("tokenizer.json", folder));

export function readTokenizerJson(): UnigramFile {
  return JSON.parse(readFileSync(tokenizerPath, "utf8")) as UnigramFile;
}

export function fixtureTokenizer(): Tokenizer {
  return createTokenizer(readTokenizerJson());
}
