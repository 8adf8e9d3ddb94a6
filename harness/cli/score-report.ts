import type { Interval, ResamplingOptions } from "@simvlm/metrics";
import { collectScores, collectSignatures, type Scored } from "../scoring/scored.js";
import type { Comparison } from "../scoring/uncertainty.js";

export type Intervals = Readonly<Record<string, Interval>>;

/** What `--json` writes. Scores are on the reference programs' scales. */
export interface ScoreReport {
  readonly task: string;
  readonly examples: number;
  /** How many examples were left out for want of a prediction; absent for none. */
  readonly missing?: number;
  readonly scores: Readonly<Record<string, unknown>>;
  readonly intervals?: Intervals;
  readonly byDomain?: Readonly<Record<string, DomainReport>>;
  /** Against the system of `--against`, by score. */
  readonly comparison?: Readonly<Record<string, Comparison>>;
  readonly resampling?: Required<ResamplingOptions>;
  readonly signatures: Readonly<Record<string, string>>;
}

export interface DomainReport {
  readonly examples: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly intervals?: Intervals;
  readonly signatures: Readonly<Record<string, string>>;
}

/** What resampling tells of the scores. */
export interface Uncertainty {
  /** Of the whole set, then of each domain; empty where none were asked for. */
  readonly intervals: readonly Intervals[];
  readonly comparison: Readonly<Record<string, Comparison>> | undefined;
  readonly resampling: Required<ResamplingOptions>;
}

export function toReport(scored: Scored, uncertainty?: Uncertainty): ScoreReport {
  const { intervals = [], comparison, resampling } = uncertainty ?? {};
  const missing = scored.missing.length;
  const [whole, ...ofDomains] = intervals;
  const domains = scored.domains.map(({ name, examples, results }, i): [string, DomainReport] => {
    const own = ofDomains[i];
    const signatures = collectSignatures(results, missing);
    return [name, { examples, scores: collectScores(results), ...(own && { intervals: own }), signatures }];
  });
  return {
    task: scored.task,
    examples: scored.ids.length,
    ...(missing > 0 && { missing }),
    scores: scored.scores,
    ...(whole && { intervals: whole }),
    ...(domains.length > 0 && { byDomain: Object.fromEntries(domains) }),
    ...(comparison && { comparison }),
    ...(resampling && { resampling }),
    signatures: collectSignatures(scored.results, missing),
  };
}

/** What `--per-example` writes: a line `{"id", "scores"}` an example. */
export function formatPerExample({ ids, results }: Scored): string {
  const columns = results.flatMap(({ perExample }) => Object.entries(perExample));
  const lines = ids.map((id, i) => {
    const scores = Object.fromEntries(columns.map(([name, values]) => [name, values[i]]));
    return `${JSON.stringify({ id, scores })}\n`;
  });
  return lines.join("");
}
