import { readDocuments } from "../formats/documents.js";
import type { OnFault } from "../formats/web-pair.js";
import { readWebPairs } from "../formats/web-pairs.js";
import { countLine, type TrainedTokenizer, trainFromCounts } from "../text/training/train.js";
import { WordCounts } from "../text/training/word-corpus.js";
import type { PretrainingData } from "./pretraining-batches.js";
import { noExamples } from "./shard-stream.js";

/** So many texts of each kind are enough to know the words. */
const TEXTS = 100_000;

/**
 * Learns a vocabulary from the texts that a model is to be pretrained on, from as many files of each kind as hold
 * 100,000 texts: as many pieces as these give, `vocabSize` at most.
 * @throws SimvlmError `missing-file`, `no-examples` saying why the files of a kind give none, `empty-corpus`
 */
export async function trainVocabulary(data: PretrainingData, vocabSize: number): Promise<TrainedTokenizer> {
  const counts = new WordCounts();
  for (const [files, read] of [
    [data.pairs, (path: string, onFault: OnFault) => readWebPairs(path, onFault, data.columns, data.remote)],
    [data.documents, readDocuments],
  ] as const) {
    let texts = 0;
    let fault: string | undefined;
    const onFault = (where: string, problem: string) => {
      fault ??= `${where}: ${problem}`;
    };
    for (const file of files) {
      if (texts >= TEXTS) break;
      for await (const { text } of read(file, onFault)) {
        countLine(counts, text, {});
        texts++;
      }
    }
    if (texts === 0 && files.length > 0) throw noExamples(files, fault);
  }
  return trainFromCounts(counts, { vocabSize, exact: false });
}
