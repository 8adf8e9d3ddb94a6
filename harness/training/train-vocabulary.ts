import { readDocuments } from "../formats/documents.js";
import { readWebPairs } from "../formats/web-pairs.js";
import { countLine, type TrainedTokenizer, trainFromCounts } from "../text/training/train.js";
import { WordCounts } from "../text/training/word-corpus.js";
import type { PretrainingData } from "./pretraining-batches.js";

/** So many texts of each kind are enough to know the words. */
const TEXTS = 100_000;

/**
 * A vocabulary of the texts a model is to be pretrained on; as many pieces as they give, `vocabSize` at most.
 * @throws SimvlmError `missing-file`, `empty-corpus`
 */
export async function trainVocabulary(data: PretrainingData, vocabSize: number): Promise<TrainedTokenizer> {
  const counts = new WordCounts();
  for (const [files, read] of [
    [data.pairs, readWebPairs],
    [data.documents, readDocuments],
  ] as const) {
    let texts = 0;
    for (const file of files) {
      if (texts >= TEXTS) break;
      for await (const { text } of read(file, () => {})) {
        countLine(counts, text, {});
        texts++;
      }
    }
  }
  return trainFromCounts(counts, { vocabSize, exact: false });
}
