import {
  type Corpus,
  hasLineBreak,
  type MetricResult,
  numberNgrams,
  prepareCaptions,
  SimvlmError,
  scoreBleu,
  scoreCider,
  scoreRougeL,
  selectExamples,
} from "@simvlm/metrics";
import { alignPredictions } from "../formats/align.js";
import { listIds } from "../formats/list-ids.js";
import { DOMAINS, type NocapsExample, readNocaps } from "../formats/nocaps.js";
import { readCaptionResults } from "../formats/results.js";
import {
  type CaptionMetric,
  collectScores,
  type DfMode,
  type Scored,
  type ScoredDomain,
  type ScoreRequest,
} from "./scored.js";

/**
 * Captions in COCO's or NoCaps' format: BLEU-1 to BLEU-4, ROUGE-L and CIDEr, on the whole and by domain.
 *
 * @throws SimvlmError for bad files, and `no-domains` where domains are asked for and the file has none
 */
export async function scoreCaptions(request: ScoreRequest): Promise<Scored> {
  const [all, predictions] = await Promise.all([
    readNocaps(request.references),
    readCaptionResults(request.predictions),
  ]);
  const { allowMissing } = request;
  const aligned = alignPredictions(all, predictions, { path: request.predictions, allowMissing });
  const { examples, missing } = aligned;
  const captions = aligned.predictions.map(({ caption }) => caption);
  const corpus = prepareCaptions(
    captions,
    examples.map(({ references }) => references),
  );
  const results = computeMetrics(corpus, request.metrics, "shared");
  const byDomain = request.byDomain || request.df === "per-domain";
  return {
    task: "caption",
    ids: examples.map(({ id }) => id),
    missing,
    results,
    scores: collectScores(results),
    domains: byDomain ? scoreDomains(results, captions, examples, request) : [],
    warnings: warnOfLineBreaks(captions, examples),
  };
}

function computeMetrics(corpus: Corpus, metrics: readonly CaptionMetric[], df: DfMode): MetricResult[] {
  const ngrams = metrics.includes("cider") ? numberNgrams(corpus) : undefined; // BLEU shares CIDEr's
  const compute: Record<CaptionMetric, () => MetricResult> = {
    bleu: () => scoreBleu(corpus, ngrams),
    rouge: () => scoreRougeL(corpus),
    cider: () => scoreCider(corpus, { documentFrequencyName: `references(${df})` }, ngrams),
  };
  return metrics.map((metric) => compute[metric]());
}

function scoreDomains(
  results: readonly MetricResult[],
  captions: readonly string[],
  examples: readonly NocapsExample[],
  { references, df, byDomain }: ScoreRequest,
): ScoredDomain[] {
  const domains = DOMAINS.map((name) => ({ name, rows: rowsOf(examples, name) })).filter(({ rows }) => rows.length > 0);
  if (domains.length === 0 && byDomain !== "where-given") {
    throw new SimvlmError(
      "no-domains",
      `${references}: no image has a \`domain\` (in-domain, near-domain or out-domain). Use the NoCaps file with domains, or score without domains.`,
    );
  }
  return domains.map(({ name, rows }) => ({
    name,
    examples: rows.length,
    results: results.map((result) => {
      if (df === "shared" || result.metric !== "CIDEr") return selectExamples(result, rows);
      const own = prepareCaptions(
        pick(captions, rows),
        pick(examples, rows).map(({ references }) => references),
      );
      return computeMetrics(own, ["cider"], "per-domain")[0]!;
    }),
  }));
}

function rowsOf(examples: readonly NocapsExample[], domain: string): Int32Array {
  return Int32Array.from(examples.flatMap((example, row) => (example.domain === domain ? [row] : [])));
}

function pick<T>(items: readonly T[], rows: Int32Array): T[] {
  return Array.from(rows, (row) => items[row]!);
}

function warnOfLineBreaks(captions: readonly string[], examples: readonly NocapsExample[]): string[] {
  const found = examples.flatMap(({ id, references }, i) =>
    hasLineBreak(captions[i]!) ? [`${id} (prediction)`] : references.some(hasLineBreak) ? [`${id} (reference)`] : [],
  );
  if (found.length === 0) return [];
  return [
    `a carriage return or line separator stands inside the captions of ${listIds(found)}; it counts as white space here, while the reference program shifts every later caption by one`,
  ];
}
