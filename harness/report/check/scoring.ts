import type { Group, MetricExample } from "@simvlm/metrics";
import type { Scenes } from "../../compare/fact-scores.js";
import { type Pointed, TextPool } from "./text-pool.js";

/** What is known of the right answer of an example, as metrics are given it. */
export type ScoredTruth = Omit<MetricExample, "prediction" | "captions" | "pictures">;

/** How a page comes by what a metric counts. */
export type MetricOrigin =
  /** By the metric, of predictions and references. */
  | "texts"
  /** The counts of each example are kept, since what counts them (METEOR's words, SPICE's program, a CLIP) is no part of a page. */
  | "kept"
  /** Not at all: the metric is a plug-in's. */
  | "none";

/** A metric of a report. */
export interface ScoredMetric {
  readonly name: string;
  readonly title: string;
  /** The names of its scores. */
  readonly scores: readonly string[];
  readonly origin: MetricOrigin;
}

/** What a metric counted of one run's examples. */
export interface KeptCounts {
  readonly signature: string;
  /** Row-major, examples × columns. */
  readonly values: readonly number[];
  readonly clusters?: readonly number[];
}

/** All that scores are made of beside predictions: what a page needs to score them again. */
export interface Scoring {
  /** In the order of every run's results. */
  readonly metrics: readonly ScoredMetric[];
  /** The scored examples, in the order of all results. */
  readonly examples: readonly ScoredTruth[];
  readonly groups: readonly Group[];
  /** Word lists for metrics, by name. */
  readonly tables?: Readonly<Record<string, unknown>>;
  /** What is to be seen in each example's picture, on Toybox data. */
  readonly scenes?: Scenes;
  /** Predictions of which another text is scored, with that text. */
  readonly rewritten?: readonly (readonly [prediction: string, scored: string])[];
  /** The counts of metrics that are kept, by the metric's name: of each run. */
  readonly kept?: Readonly<Record<string, readonly KeptCounts[]>>;
}

interface PackedScoring extends Omit<Scoring, "examples" | "scenes" | "groups"> {
  readonly groups: readonly { readonly name: string; readonly steps: readonly number[] }[];
  readonly texts: Pointed;
}

/**
 * As one text, which refers to the texts of the data files.
 * @param files their contents, in the order in which a report holds them
 */
export function packScoring({ examples, scenes, groups, ...rest }: Scoring, files: readonly string[]): string {
  const packed: PackedScoring = {
    ...rest,
    groups: groups.map(({ name, rows }) => ({ name, steps: Array.from(rows, (row, i) => row - (rows[i - 1] ?? 0)) })),
    texts: new TextPool(files).point({ examples, scenes }),
  };
  return JSON.stringify(packed);
}

/** What {@link packScoring} was given, of the same files. */
export function unpackScoring(packed: string, files: readonly string[]): Scoring {
  const { texts, groups, ...rest } = JSON.parse(packed) as PackedScoring; // a report's own data
  const resolved = new TextPool(files).resolve(texts) as Pick<Scoring, "examples" | "scenes">;
  return { ...rest, ...resolved, groups: groups.map(({ name, steps }) => ({ name, rows: addUp(steps) })) };
}

function addUp(steps: readonly number[]): Int32Array {
  let sum = 0;
  return Int32Array.from(steps, (step) => {
    sum += step;
    return sum;
  });
}
