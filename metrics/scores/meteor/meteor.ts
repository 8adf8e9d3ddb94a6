import { defineMetric, type MetricDefinition, type SignatureFields } from "../../definition.js";
import { SimvlmError } from "../../error.js";
import type { MetricInput } from "../../input.js";
import { createResult, formatSignature, type MetricResult } from "../../metric.js";
import { type Corpus, describeReferenceCounts } from "../caption-corpus.js";
import { type CaptionOptions, captionCorpus, prepareCaptions } from "../prepare-captions.js";
import { createComparer } from "./compare.js";
import { explainMeteor } from "./explain.js";
import type { MeteorResources } from "./resources.js";
import { STATISTIC_NAMES, scoreMeteorStatistics, withoutWholeChunk } from "./statistics.js";

/** What METEOR is given beside captions. */
export interface MeteorOptions extends CaptionOptions {
  /** What METEOR knows of English: `readMeteor` of simvlm reads it from where it is installed. */
  readonly resources: MeteorResources;
}

/**
 * METEOR 1.5 of captions (Denkowski and Lavie 2014) as pycocoevalcap calls it: captions as PTB tokens, written anew by
 * METEOR's own normaliser, aligned word by word with each reference (exactly, by stems, synonyms and paraphrases), the
 * best reference counts. The corpus score comes from summed statistics and is not the mean of the captions' scores.
 *
 * @param hypotheses one caption an image
 * @param references the references of each image
 * @returns scores from 0 to 1
 * @throws SimvlmError where an image has no references or the lists differ in length
 */
export function meteor(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { resources, ...options }: MeteorOptions,
): MetricResult<"METEOR"> {
  return scoreMeteor(prepareCaptions(hypotheses, references, options), resources);
}

/** {@link meteor} of captions that are tokenised already. */
export function scoreMeteor(corpus: Corpus, resources: MeteorResources): MetricResult<"METEOR"> {
  const values = countMeteorStatistics(corpus, resources);
  return createResult(meteorMetric, {
    values,
    signature: formatSignature("METEOR", describe(corpus, resources)),
    explain: (place) => explainMeteor(corpus, resources, place),
  });
}

/** {@link meteor} as a definition; its resources are the table `meteor`. */
export const meteorMetric: MetricDefinition<"METEOR"> = defineMetric({
  name: "meteor",
  range: [0, 1],
  title: "METEOR",
  scores: ["METEOR"],
  columns: STATISTIC_NAMES,
  needs: ["references", "tables"],
  prepare(input) {
    const resources = findResources(input);
    const corpus = input.share(captionCorpus);
    return { corpus, resources, rows: countMeteorStatistics(corpus, resources) };
  },
  statistics: (_, { rows }, place) =>
    rows.subarray(place * STATISTIC_NAMES.length, (place + 1) * STATISTIC_NAMES.length),
  scoresFromSums: (sums) => [scoreMeteorStatistics(sums)],
  explain: (_, { corpus, resources }, place) => explainMeteor(corpus, resources, place),
  signature: (_, { corpus, resources }) => describe(corpus, resources),
});

function findResources({ tables }: MetricInput): MeteorResources {
  const resources = tables?.meteor;
  if (resources === undefined) {
    throw new SimvlmError(
      "no-meteor-data",
      "METEOR needs its stems, synonyms and paraphrases, which do not come with this program: give them as the table meteor.",
    );
  }
  return resources as MeteorResources;
}

function describe(corpus: Corpus, { paraphrases, name }: MeteorResources): SignatureFields {
  return {
    nrefs: describeReferenceCounts(corpus),
    tok: corpus.tokenizer,
    norm: "yes",
    paraphrase: paraphrases === undefined ? "no" : "yes",
    data: name,
  };
}

/** A row of statistics for each image, against its best reference. */
function countMeteorStatistics(corpus: Corpus, resources: MeteorResources): Float64Array {
  const compare = createComparer(corpus, resources);
  const rows = new Float64Array(corpus.size * STATISTIC_NAMES.length);
  for (let image = 0; image < corpus.size; image++) {
    rows.set(withoutWholeChunk(compare(image).row), image * STATISTIC_NAMES.length);
  }
  return rows;
}
