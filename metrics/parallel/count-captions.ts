import type { MetricDefinition } from "../definition.js";
import type { MetricExample, MetricInput, SharedResults } from "../input.js";
import { bleuMetric, captionMatches } from "../scores/bleu.js";
import type { Corpus } from "../scores/caption-corpus.js";
import { captionSimilarities, ciderMetric } from "../scores/cider.js";
import { tabulateMatches } from "../scores/clipped-matches.js";
import { type NgramsOfOrder, numberOrders } from "../scores/ngrams.js";
import { captionCorpus, captionNgrams } from "../scores/prepare-captions.js";
import { captionOverlaps, rougeMetric } from "../scores/rouge.js";
import type { TokenLines } from "../text/token-lines.js";
import { allocateShared, shareNumbers } from "./share-numbers.js";
import type { ThreadHelper, ThreadWork } from "./thread-work.js";
import { tokenizeCaptions } from "./tokenize-captions.js";

/**
 * What BLEU, CIDEr-D and ROUGE-L share of captions, computed by several threads: all tokenise, then this one numbers the
 * n-grams while the others count those that are numbered. Whatever their number, every result is the same to the last
 * bit as that of one thread, since each sum is one thread's.
 *
 * @param metrics that will be asked for the results
 * @param helpers one at least; they share memory with this thread
 * @returns what `createMetricInput` takes; document frequencies are those of the references
 * @throws SimvlmError `no-references`, and what the helpers throw
 */
export async function countCaptions(
  examples: readonly MetricExample[],
  metrics: readonly MetricDefinition[],
  helpers: readonly ThreadHelper[],
): Promise<SharedResults> {
  const corpus = shareCorpus(await tokenizeCaptions(examples, helpers));
  const { size, hypotheses, references, referenceOffsets, unsplit, vocabulary } = corpus;
  const lines = { size, hypotheses, references, referenceOffsets };
  const known = new Map<(input: MetricInput) => unknown, unknown>([[captionCorpus, corpus]]);
  const asked: Promise<unknown>[] = [];
  const ask = <Kind extends keyof ThreadWork>(kind: Kind, request: Parameters<ThreadWork[Kind]>[0]) => {
    const reply = helpers[asked.length % helpers.length]!.ask(kind, request);
    asked.push(reply);
    return reply;
  };
  const overlaps = metrics.includes(rougeMetric)
    ? ask("overlaps", { size, referenceOffsets, unsplit, vocabulary: { length: vocabulary.length } })
    : undefined;
  const orders: NgramsOfOrder[] = [];
  const similarities: Promise<Float64Array>[] = [];
  const matches: Promise<Int32Array>[] = [];
  if (metrics.includes(ciderMetric)) {
    for (const grams of numberOrders(corpus, "corpus", allocateShared)) {
      orders.push(grams);
      similarities.push(ask("similarities", { lines, grams }));
      if (metrics.includes(bleuMetric)) matches.push(ask("matches", { lines, grams }));
    }
    known.set(captionNgrams, orders);
  }
  await Promise.all(asked);
  if (overlaps) known.set(captionOverlaps, await overlaps);
  if (similarities.length > 0) known.set(captionSimilarities, await Promise.all(similarities));
  if (matches.length > 0) known.set(captionMatches, tabulateMatches(lines, await Promise.all(matches)));
  return known;
}

function shareCorpus(corpus: Corpus): Corpus {
  const { hypotheses, references, unsplit } = corpus;
  return {
    ...corpus,
    hypotheses: shareLines(hypotheses),
    references: shareLines(references),
    referenceOffsets: shareNumbers(corpus.referenceOffsets),
    unsplit: { hypotheses: shareLines(unsplit.hypotheses), references: shareLines(unsplit.references) },
  };
}

function shareLines({ ids, offsets }: TokenLines): TokenLines {
  return { ids: shareNumbers(ids), offsets: shareNumbers(offsets) };
}
