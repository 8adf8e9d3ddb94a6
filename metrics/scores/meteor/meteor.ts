import { defineMetric, type MetricDefinition, type SignatureFields } from "../../definition.js";
import { SimvlmError } from "../../error.js";
import type { MetricInput } from "../../input.js";
import { createResult, formatSignature, type MetricResult } from "../../metric.js";
import type { TokenLines } from "../../text/token-lines.js";
import { type Corpus, describeReferenceCounts } from "../caption-corpus.js";
import { type CaptionOptions, captionCorpus, prepareCaptions } from "../prepare-captions.js";
import { align } from "./align.js";
import { findMatches, type Match } from "./find-matches.js";
import { createReader, type MeteorText, type Word } from "./meteor-text.js";
import { normalizeForMeteor } from "./normalize.js";
import type { MeteorResources } from "./resources.js";
import { meteorStatistics, STATISTIC_NAMES, scoreMeteorStatistics, withoutWholeChunk } from "./statistics.js";

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
  return createResult(meteorMetric, { values, signature: formatSignature("METEOR", describe(corpus, resources)) });
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
  const { referenceOffsets, unsplit } = corpus;
  const read = createLineReader(corpus, resources);
  const width = STATISTIC_NAMES.length;
  const rows = new Float64Array(corpus.size * width);
  for (let image = 0; image < corpus.size; image++) {
    const hypothesis = read(unsplit.hypotheses, image);
    let best: Compared | undefined;
    for (let line = referenceOffsets[image]!; line < referenceOffsets[image + 1]!; line++) {
      const compared = compareTexts(hypothesis, read(unsplit.references, line), resources);
      if (best === undefined || compared.score > best.score) best = compared;
    }
    rows.set(withoutWholeChunk(best!.row), image * width);
  }
  return rows;
}

/** A caption held against one reference. */
interface Compared {
  readonly matches: readonly Match[];
  readonly row: Float64Array;
  readonly score: number;
}

function compareTexts(hypothesis: MeteorText, reference: MeteorText, resources: MeteorResources): Compared {
  const matches = align(findMatches(hypothesis, reference, resources), hypothesis.words.length);
  const row = meteorStatistics(hypothesis, reference, matches);
  return { matches, row, score: scoreMeteorStatistics(row) };
}

/** Tokens that METEOR's normaliser leaves as they are, if they are all that a line has. */
const PLAIN = /^[a-z0-9]+$/;

/** Reads lines of a corpus. Most have plain tokens only: these are looked up by number. */
function createLineReader({ vocabulary }: Corpus, resources: MeteorResources) {
  const { lookUp, textOf } = createReader(resources);
  const known: (Word | null | undefined)[] = [];
  const plainWord = (id: number): Word | null => {
    const found = known[id];
    if (found !== undefined) return found;
    const token = vocabulary[id]!;
    known[id] = PLAIN.test(token) ? lookUp(token) : null;
    return known[id];
  };
  return ({ ids, offsets }: TokenLines, line: number): MeteorText => {
    const words: Word[] = [];
    const [start, end] = [offsets[line]!, offsets[line + 1]!];
    for (let i = start; i < end; i++) {
      const word = plainWord(ids[i]!);
      if (word === null) {
        const tokens = Array.from(ids.subarray(start, end), (id) => vocabulary[id]!);
        return textOf(wordsOf(tokens.join(" "), resources).map(lookUp));
      }
      words.push(word);
    }
    return textOf(words);
  };
}

function wordsOf(text: string, { prefixes }: MeteorResources): string[] {
  const normalized = normalizeForMeteor(text, prefixes).toLowerCase();
  return normalized === "" ? [] : normalized.split(" ");
}
