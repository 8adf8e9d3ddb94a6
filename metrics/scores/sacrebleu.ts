import { computeLazily, formatSignature, type MetricResult, scoreEachExample, sumStatistics } from "../metric.js";
import { exp, log } from "../statistics/exact.js";
import { emitAll, type Scan } from "../text/scan.js";
import { scan13a, tokenizeInternational } from "../text/thirteen-a.js";
import { splitWords, trimEnd } from "../text/white-space.js";
import { BLEU_COLUMNS, countClippedMatches, MATCHES, TOTALS } from "./clipped-matches.js";
import { buildCorpus, describeReferenceCounts } from "./corpus.js";
import { MAX_ORDER } from "./ngrams.js";

export interface SacreBleuOptions {
  /** `13a` (default), `intl`, or `none`: the words between white space. */
  readonly tokenizer?: SacreBleuTokenizer;
  /** Compare lower-cased text; default false. */
  readonly lowercase?: boolean;
}

export type SacreBleuTokenizer = keyof typeof TOKENIZERS;

const TOKENIZERS = {
  "13a": scan13a,
  intl: (line, emit) => emitAll(tokenizeInternational(line), emit),
  none: (line, emit) => emitAll(splitWords(line), emit),
} as const satisfies Record<string, Scan>;

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
  { tokenizer = "13a", lowercase = false }: SacreBleuOptions = {},
): MetricResult<"sacreBLEU"> {
  const scan: Scan = (line, emit) => TOKENIZERS[tokenizer](trimEnd(lowercase ? line.toLowerCase() : line), emit);
  const corpus = buildCorpus(hypotheses, references, { name: tokenizer, scan });
  const statistics = { columns: BLEU_COLUMNS, values: countClippedMatches(corpus) };
  const sentenceBleu = (sums: Float64Array) => [smoothedBleu(sums, { effectiveOrder: true })];
  const scoresFromSums = (sums: Float64Array) => [smoothedBleu(sums, { effectiveOrder: false })];
  return {
    metric: "sacreBLEU",
    names: ["sacreBLEU"],
    scores: { sacreBLEU: scoresFromSums(sumStatistics(statistics))[0]! },
    perExample: computeLazily(["sacreBLEU"], () => scoreEachExample(statistics, sentenceBleu)),
    statistics,
    scoresFromSums,
    signature: formatSignature("BLEU", {
      nrefs: describeReferenceCounts(corpus),
      case: lowercase ? "lc" : "mixed",
      eff: "no",
      tok: tokenizer,
      smooth: "exp",
    }),
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
