import type { Interval, MetricResult, ResamplingOptions } from "@simvlm/metrics";
import { collectScores, collectSignatures, type Scored } from "./score-predictions.js";
import { type Comparison, compareScored, computeIntervals, correctHolm } from "./uncertainty.js";
import type { UsageSum } from "./usage.js";

/** Bootstrap intervals by score. */
export type Intervals = Readonly<Record<string, Interval>>;

/** Paired differences by score. */
export type Comparisons = Readonly<Record<string, Comparison>>;

/** What `simvlm score --json` writes, and a run's scores.json holds. Scores are on the reference programs' scales. */
export interface ScoreReport {
  readonly task: string;
  readonly examples: number;
  /** How many examples were left out for want of a prediction; absent for none. */
  readonly missing?: number;
  /** How many were left out because nobody has described or answered them; absent for none. */
  readonly unreferenced?: number;
  /** How many were left out because their pictures cannot be looked at; absent for none. */
  readonly unpictured?: number;
  readonly scores: Readonly<Record<string, unknown>>;
  readonly intervals?: Intervals;
  /** By domain; of other tasks by their first kind of groups. */
  readonly byDomain?: Readonly<Record<string, GroupReport>>;
  /** Against another system, by score. */
  readonly comparison?: Comparisons;
  /** Whether the comparisons have p-values that are corrected for their number. */
  readonly correction?: "holm";
  readonly resampling?: Required<ResamplingOptions>;
  readonly signatures: Readonly<Record<string, string>>;
  /** What a server's answers took together; absent where none was asked. */
  readonly usage?: UsageSum;
}

/** The same of a group of the examples. */
export interface GroupReport {
  readonly examples: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly intervals?: Intervals;
  readonly comparison?: Comparisons;
  readonly signatures: Readonly<Record<string, string>>;
}

/** What is told beside the scores. */
export interface ScoreReportOptions {
  /** Bootstrap intervals of every score; absent for none. */
  readonly intervals?: Required<ResamplingOptions> | undefined;
  /** Another system's predictions, to compare with, scored on the same groups. */
  readonly against?: Against | undefined;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
}

/** Another system, and how it is compared with. */
export interface Against {
  readonly scored: Scored;
  readonly resampling: Required<ResamplingOptions>;
  /** Correct the p-values for their number: those of all examples and of all groups are one family. */
  readonly correct?: "holm" | undefined;
}

/**
 * Scores with what is to be known of their uncertainty.
 * @throws SimvlmError `not-paired`
 */
export function reportScores(scored: Scored, options: ScoreReportOptions = {}): ScoreReport {
  const { intervals, against, onStart = () => () => {} } = options;
  const sets = [scored, ...scored.groups];
  const steps = sets.reduce((sum, { results }) => sum + results.length, 0);
  const tick = onStart((intervals ? steps : 0) + (against ? steps : 0));
  const [missing, unreferenced] = [scored.missing.length, scored.unreferenced.length];
  const unpictured = scored.unpictured.length;
  const measure = (results: readonly MetricResult[]) =>
    intervals && { intervals: computeIntervals(results, intervals, tick) };
  const whole = measure(scored.results);
  const compared = against ? compareAll(scored, against, tick) : [];
  const groups = scored.groups.map(({ name, examples, results }, i): [string, GroupReport] => {
    const signatures = collectSignatures(results, scored);
    const comparison = compared[i + 1];
    const scores = collectScores(results);
    return [name, { examples, scores, ...measure(results), ...(comparison && { comparison }), signatures }];
  });
  const resampling = intervals ?? against?.resampling;
  return {
    task: scored.task.name,
    examples: scored.ids.length,
    ...(missing > 0 && { missing }),
    ...(unreferenced > 0 && { unreferenced }),
    ...(unpictured > 0 && { unpictured }),
    scores: scored.scores,
    ...whole,
    ...(groups.length > 0 && { byDomain: Object.fromEntries(groups) }),
    ...(compared[0] && { comparison: compared[0] }),
    ...(against?.correct && { correction: against.correct }),
    ...(resampling && { resampling }),
    signatures: collectSignatures(scored.results, scored),
  };
}

/** On all examples, then on each group. */
function compareAll(scored: Scored, { scored: other, resampling, correct }: Against, tick: () => void): Comparisons[] {
  const compared = [
    compareScored(scored, other, resampling, tick),
    ...scored.groups.map(({ results }, i) => {
      const { ids } = scored; // the groups of the same examples are the same
      return compareScored({ ids, results }, { ids, results: other.groups[i]!.results }, resampling, tick);
    }),
  ];
  if (!correct) return compared;
  const corrected = correctHolm(compared.flatMap((rows) => Object.values(rows)));
  return compared.map((rows) => Object.fromEntries(Object.keys(rows).map((name) => [name, corrected.shift()!])));
}

/**
 * Scores of single examples: a line `{"id", "scores"}` an example.
 * @param explain add `explained`: an explanation of each metric that says why, by its title
 */
export function formatPerExample({ ids, results }: Scored, explain = false): string {
  const columns = results.flatMap(({ perExample }) => Object.entries(perExample));
  const explaining = results.filter((result) => explain && result.explain);
  const lines = ids.map((id, i) => {
    const scores = Object.fromEntries(columns.map(([name, values]) => [name, values[i]]));
    const explained = explaining.map(({ metric, explain }) => [metric, explain!(i)] as const);
    return `${JSON.stringify({ id, scores, ...(explained.length > 0 && { explained: Object.fromEntries(explained) }) })}\n`;
  });
  return lines.join("");
}
