import type { Interval, MetricResult, ResamplingOptions } from "@simvlm/metrics";
import { collectScores, collectSignatures, type Scored } from "./score-predictions.js";
import { type Comparison, compareScored, computeIntervals } from "./uncertainty.js";

/** Bootstrap intervals by score. */
export type Intervals = Readonly<Record<string, Interval>>;

/** What `simvlm score --json` writes, and a run's scores.json holds. Scores are on the reference programs' scales. */
export interface ScoreReport {
  readonly task: string;
  readonly examples: number;
  /** How many examples were left out for want of a prediction; absent for none. */
  readonly missing?: number;
  readonly scores: Readonly<Record<string, unknown>>;
  readonly intervals?: Intervals;
  /** By domain; of other tasks by their first kind of groups. */
  readonly byDomain?: Readonly<Record<string, GroupReport>>;
  /** Against the system of `--against`, by score. */
  readonly comparison?: Readonly<Record<string, Comparison>>;
  readonly resampling?: Required<ResamplingOptions>;
  readonly signatures: Readonly<Record<string, string>>;
}

/** The same of a group of the examples. */
export interface GroupReport {
  readonly examples: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly intervals?: Intervals;
  readonly signatures: Readonly<Record<string, string>>;
}

/** What is told beside the scores. */
export interface ScoreReportOptions {
  /** Bootstrap intervals of every score; absent for none. */
  readonly intervals?: Required<ResamplingOptions> | undefined;
  /** Another system's predictions, to compare with. */
  readonly against?: { readonly scored: Scored; readonly resampling: Required<ResamplingOptions> } | undefined;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
}

/**
 * Scores with what is to be known of their uncertainty.
 * @throws SimvlmError `not-paired`
 */
export function reportScores(scored: Scored, options: ScoreReportOptions = {}): ScoreReport {
  const { intervals, against, onStart = () => () => {} } = options;
  const sets = [scored, ...scored.groups];
  const steps = sets.reduce((sum, { results }) => sum + results.length, 0);
  const tick = onStart((intervals ? steps : 0) + (against ? scored.results.length : 0));
  const missing = scored.missing.length;
  const measure = (results: readonly MetricResult[]) =>
    intervals && { intervals: computeIntervals(results, intervals, tick) };
  const whole = measure(scored.results);
  const groups = scored.groups.map(({ name, examples, results }): [string, GroupReport] => {
    const signatures = collectSignatures(results, missing);
    return [name, { examples, scores: collectScores(results), ...measure(results), signatures }];
  });
  const resampling = intervals ?? against?.resampling;
  return {
    task: scored.task.name,
    examples: scored.ids.length,
    ...(missing > 0 && { missing }),
    scores: scored.scores,
    ...whole,
    ...(groups.length > 0 && { byDomain: Object.fromEntries(groups) }),
    ...(against && { comparison: compareScored(scored, against.scored, against.resampling, tick) }),
    ...(resampling && { resampling }),
    signatures: collectSignatures(scored.results, missing),
  };
}

/** Scores of single examples: a line `{"id", "scores"}` an example. */
export function formatPerExample({ ids, results }: Scored): string {
  const columns = results.flatMap(({ perExample }) => Object.entries(perExample));
  const lines = ids.map((id, i) => {
    const scores = Object.fromEntries(columns.map(([name, values]) => [name, values[i]]));
    return `${JSON.stringify({ id, scores })}\n`;
  });
  return lines.join("");
}
