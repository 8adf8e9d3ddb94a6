import { openTextStream, readLinesOf } from "../../files/text-stream.js";
import { countLine, type TrainedTokenizer, type TrainingOptions, trainFromCounts } from "./train.js";
import { WordCounts } from "./word-corpus.js";

/**
 * Learns a vocabulary from text files in UTF-8, with one sentence or document on each line, packed (.gz) or not.
 * @throws SimvlmError what `openTextStream` and `readLinesOf` throw, and what {@link trainTokenizer} throws
 */
export async function trainTokenizerFiles(
  files: readonly string[],
  options: TrainingOptions = {},
): Promise<TrainedTokenizer> {
  const counts = new WordCounts();
  for (const file of files) {
    for await (const line of readLinesOf(await openTextStream(file), file)) countLine(counts, line, options);
  }
  return trainFromCounts(counts, options);
}
