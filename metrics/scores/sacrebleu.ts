import { defineMetric, type MetricDefinition, type SignatureFields } from "../definition.js";
import { createResult, formatSignature, type MetricResult } from "../metric.js";
import { exp, log } from "../statistics/exact.js";
import { emitAll, type Scan, scanEach } from "../text/scan.js";
import { scan13a, tokenizeInternational } from "../text/thirteen-a.js";
import { splitWords, trimEnd } from "../text/white-space.js";
import { explainBleu } from "./bleu-explain.js";
import { buildCorpus, type Corpus, describeReferenceCounts } from "./caption-corpus.js";
import { BLEU_COLUMNS, countClippedMatches, lazyRows, MATCHES, TOTALS } from "./clipped-matches.js";
import { MAX_ORDER } from "./ngrams.js";

/** How translations are compared. */
export interface SacreBleuOptions {
  /** `13a` (default), `intl`, or `none`: the words between white space. */
  readonly tokenizer?: SacreBleuTokenizer;
  /** Compare lower-cased text; default false. */
  readonly lowercase?: boolean;
}

/** The tokenizers of translations by name. */
export type SacreBleuTokenizer = "13a" | "intl" | "none";

const TOKENIZERS = {
  "13a": scan13a,
  intl: (line, emit) => emitAll(tokenizeInternational(line), emit),
  none: (line, emit) => emitAll(splitWords(line), emit),
} as const satisfies Record<SacreBleuTokenizer, Scan>;

/** sacreBLEU's logarithm of 0. */
const LOG_ZERO = -9999999999;

/**
 * BLEU as sacreBLEU computes it (Post 2018): exponential smoothing, closest reference length, no effective order for
 * the corpus. The per-example scores are sacreBLEU's sentence BLEU, which uses the effective order.
 *
 * @param hypotheses one translation a segment
 * @param references the references of each segment
 * @returns scores from 0 to 100
 * @throws SimvlmError where a segment has no references or the lists differ in length
 * @example sacreBleu(["Ein Hund läuft."], [["Ein Hund rennt.", "Der Hund läuft."]]).scores.sacreBLEU
 */
export function sacreBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: SacreBleuOptions = {},
): MetricResult<"sacreBLEU"> {
  const corpus = prepareSegments(hypotheses, references, options);
  const values = countClippedMatches(corpus);
  const width = BLEU_COLUMNS.length;
  return createResult(sacreBleuMetric, {
    values,
    signature: formatSignature("BLEU", describe(corpus, options)),
    explain: (place) => explainBleu(corpus, values.subarray(place * width, (place + 1) * width), place, "prediction"),
  });
}

/** {@link sacreBleu} as a definition, with the defaults of its options. */
export const sacreBleuMetric: MetricDefinition<"sacreBLEU"> = defineMetric({
  name: "sacrebleu",
  range: [0, 100],
  title: "sacreBLEU",
  scores: ["sacreBLEU"],
  columns: BLEU_COLUMNS,
  prepare({ examples }) {
    const corpus = prepareSegments(
      examples.map(({ prediction }) => prediction),
      examples.map(({ references }) => references),
    );
    return { corpus, rows: lazyRows(() => countClippedMatches(corpus)) };
  },
  statistics: (_, { rows }, place) => rows(place),
  scoresFromSums: (sums) => [smoothedBleu(sums, { effectiveOrder: false })],
  exampleScores: (sums) => [smoothedBleu(sums, { effectiveOrder: true })],
  explain: (_, { corpus, rows }, place) => explainBleu(corpus, rows(place), place, "prediction"),
  signature: (_, { corpus }) => describe(corpus),
});

function prepareSegments(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { tokenizer = "13a", lowercase = false }: SacreBleuOptions = {},
): Corpus {
  const scan: Scan = (line, emit) => TOKENIZERS[tokenizer](trimEnd(lowercase ? line.toLowerCase() : line), emit);
  return buildCorpus(hypotheses, references, { name: tokenizer, scan: scanEach(scan) });
}

function describe(corpus: Corpus, { lowercase = false }: SacreBleuOptions = {}): SignatureFields {
  return {
    name: "BLEU",
    nrefs: describeReferenceCounts(corpus),
    case: lowercase ? "lc" : "mixed",
    eff: "no",
    tok: corpus.tokenizer,
    smooth: "exp",
  };
}

function smoothedBleu(sums: Float64Array, { effectiveOrder }: { effectiveOrder: boolean }): number {
  const [length, referenceLength] = [sums[0]!, sums[1]!];
  let zeros = 0;
  let order = MAX_ORDER;
  let logSum = 0;
  let anyMatch = false;
  for (let k = 0; k < MAX_ORDER; k++) {
    const [matches, total] = [sums[MATCHES + k]!, sums[TOTALS + k]!];
    anyMatch ||= matches > 0;
    if (total === 0) {
      if (effectiveOrder) order = k;
      else logSum += (MAX_ORDER - k) * LOG_ZERO;
      break;
    }
    logSum += log(matches > 0 ? (100 * matches) / total : 100 / (2 ** ++zeros * total));
  }
  if (!anyMatch || order === 0) return 0;
  const penalty = length >= referenceLength ? 1 : length > 0 ? exp(1 - referenceLength / length) : 0;
  return penalty * exp(logSum / order);
}
