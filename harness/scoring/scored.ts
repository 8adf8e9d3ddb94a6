import type { MetricResult } from "@simvlm/metrics";

export const TASKS = ["caption", "vqa", "nlvr2", "snli-ve", "translate"] as const;
export type TaskName = (typeof TASKS)[number];

export const CAPTION_METRICS = ["bleu", "cider", "rouge"] as const;
export type CaptionMetric = (typeof CAPTION_METRICS)[number];

/** Which images CIDEr's document frequencies are counted on: all of them, or each domain's own. */
export const DF_MODES = ["shared", "per-domain"] as const;
export type DfMode = (typeof DF_MODES)[number];

export interface ScoreRequest {
  readonly references: string;
  readonly predictions: string;
  /** Score the examples that have a prediction instead of refusing where one is missing. */
  readonly allowMissing: boolean;
  /** VQA only. */
  readonly questions?: string | undefined;
  /** The rest: captions only. */
  readonly metrics: readonly CaptionMetric[];
  /** `where-given`: if any image has a domain. */
  readonly byDomain: boolean | "where-given";
  readonly df: DfMode;
}

/** Predictions with their scores. */
export interface Scored {
  /** Completions are scored without files. */
  readonly task: TaskName | "complete";
  /** The scored examples, in the order of the references. */
  readonly ids: readonly string[];
  /** The examples left out for want of a prediction. */
  readonly missing: readonly string[];
  readonly results: readonly MetricResult[];
  /** The corpus scores as the task's reference program reports them. */
  readonly scores: Readonly<Record<string, unknown>>;
  /** The same metrics on each domain. */
  readonly domains: readonly ScoredDomain[];
  /** What a user should know of the data, such as captions that break the reference program. */
  readonly warnings: readonly string[];
}

export interface ScoredDomain {
  readonly name: string;
  readonly examples: number;
  readonly results: readonly MetricResult[];
}

/** The corpus scores of several metrics by name. */
export function collectScores(results: readonly MetricResult[]): Record<string, number> {
  return Object.assign({}, ...results.map(({ scores }) => scores));
}

/** The metrics' signatures by metric; how many examples were left out is part of them. */
export function collectSignatures(results: readonly MetricResult[], missing: number): Record<string, string> {
  return Object.fromEntries(
    results.map(({ metric, signature }) => [metric, missing > 0 ? `${signature}|missing:${missing}` : signature]),
  );
}
