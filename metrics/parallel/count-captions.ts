import type { MetricDefinition } from "../definition.js";
import type { MetricExample, MetricInput, SharedResults } from "../input.js";
import { bleuMetric, captionMatches } from "../scores/bleu.js";
import type { Corpus } from "../scores/caption-corpus.js";
import { captionSimilarities, ciderMetric } from "../scores/cider.js";
import { tabulateMatches } from "../scores/clipped-matches.js";
import { MAX_ORDER, type NgramsOfOrder, numberOrders } from "../scores/ngrams.js";
import { captionCorpus, captionNgrams } from "../scores/prepare-captions.js";
import { captionOverlaps, rougeMetric } from "../scores/rouge.js";
import type { TokenLines } from "../text/token-lines.js";
import { PieceWork } from "./piece-work.js";
import { allocateShared, shareNumbers } from "./share-numbers.js";
import type { ThreadHelper } from "./thread-work.js";
import { tokenizeCaptions } from "./tokenize-captions.js";

/**
 * What BLEU, CIDEr-D and ROUGE-L share of captions, computed by several threads: all tokenise, then this one numbers the
 * n-grams while the others count those that are numbered, and helps them when it is done. Whatever their number, every result
 * is the same to the last bit as that of one thread, since each sum is one thread's.
 *
 * @param systems each system's captions of the same examples with the same references, which are tokenised, numbered and counted once
 * @param metrics that will be asked for the results
 * @param helpers one at least; they share memory with this thread
 * @returns for each system what `createMetricInput` takes; document frequencies are those of the references
 * @throws SimvlmError `no-references`, `length-mismatch`, and what the helpers throw
 */
export async function countCaptions(
  systems: readonly (readonly MetricExample[])[],
  metrics: readonly MetricDefinition[],
  helpers: readonly ThreadHelper[],
): Promise<SharedResults[]> {
  const corpora = shareCorpora(await tokenizeCaptions(systems, helpers));
  const pieces = new PieceWork(helpers, corpora.length + MAX_ORDER * (1 + corpora.length));
  const overlaps = metrics.includes(rougeMetric)
    ? corpora.map(({ size, referenceOffsets, unsplit, vocabulary: { length } }) =>
        pieces.count("overlaps", { size, referenceOffsets, unsplit, vocabulary: { length } }),
      )
    : [];
  const orders: NgramsOfOrder[][] = [];
  const similarities: Promise<Float64Array[]>[] = [];
  const matches: Promise<Int32Array[]>[] = [];
  if (metrics.includes(ciderMetric)) {
    for (const ofSystems of numberOrders(corpora, "corpus", allocateShared)) {
      orders.push(ofSystems);
      const requests = ofSystems.map((grams, i) => ({ lines: linesOf(corpora[i]!), grams }));
      similarities.push(pieces.count("similarities", requests));
      if (!metrics.includes(bleuMetric)) continue;
      matches.push(Promise.all(requests.map((request) => pieces.count("matches", request))));
    }
  }
  const counting = Promise.all([Promise.all(overlaps), Promise.all(similarities), Promise.all(matches)]);
  counting.catch(() => {}); // it is awaited below, unless this thread fails first
  pieces.help();
  const counted = await counting;
  return corpora.map((corpus, i) => {
    const known = new Map<(input: MetricInput) => unknown, unknown>([[captionCorpus, corpus]]);
    const [ofOverlaps, ofSimilarities, ofMatches] = counted;
    const pick = <T>(orders: readonly (readonly T[])[]) => orders.map((ofSystems) => ofSystems[i]!);
    if (ofOverlaps.length > 0) known.set(captionOverlaps, ofOverlaps[i]!);
    if (orders.length > 0) known.set(captionNgrams, pick(orders));
    if (ofSimilarities.length > 0) known.set(captionSimilarities, pick(ofSimilarities));
    if (ofMatches.length > 0) known.set(captionMatches, tabulateMatches(corpus, pick(ofMatches)));
    return known;
  });
}

/** What can be sent to other threads. */
function linesOf({ size, hypotheses, references, referenceOffsets }: Corpus) {
  return { size, hypotheses, references, referenceOffsets };
}

/** In memory that all threads see; what several have in common remains so. */
function shareCorpora(corpora: readonly Corpus[]): Corpus[] {
  const [{ references, referenceOffsets, unsplit }] = corpora as [Corpus];
  const common = { references: shareLines(references), referenceOffsets: shareNumbers(referenceOffsets) };
  const unsplitReferences = shareLines(unsplit.references);
  return corpora.map((corpus) => ({
    ...corpus,
    ...common,
    hypotheses: shareLines(corpus.hypotheses),
    unsplit: { hypotheses: shareLines(corpus.unsplit.hypotheses), references: unsplitReferences },
  }));
}

function shareLines({ ids, offsets }: TokenLines): TokenLines {
  return { ids: shareNumbers(ids), offsets: shareNumbers(offsets) };
}
