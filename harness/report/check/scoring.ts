import type { ExplanationPart, Group, MetricExample } from "@simvlm/metrics";
import type { Scenes } from "../../compare/fact-scores.js";
import type { Slicing } from "../../compare/slices/slicing.js";
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
  /** Why each example has its scores; absent where these would be long, or the metric does not say it. */
  readonly explanations?: readonly (readonly ExplanationPart[])[];
}

/** All that scores are made of beside predictions: what a page needs to score them again. */
export interface Scoring {
  /** In the order of every run's results. */
  readonly metrics: readonly ScoredMetric[];
  /** The scored examples, in the order of all results. */
  readonly examples: readonly ScoredTruth[];
  readonly groups: readonly Group[];
  /** By what else the examples are sliced; absent for nothing. */
  readonly slicings?: readonly NamedSlices[];
  /** Word lists for metrics, by name. */
  readonly tables?: Readonly<Record<string, unknown>>;
  /** What is to be seen in each example's picture, on Toybox data. */
  readonly scenes?: Scenes;
  /** Predictions of which another text is scored, with that text. */
  readonly rewritten?: readonly (readonly [prediction: string, scored: string])[];
  /** The counts of metrics that are kept, by the metric's name: of each run. */
  readonly kept?: Readonly<Record<string, readonly KeptCounts[]>>;
}

/** The slices of a slicing. */
export type NamedSlices = Pick<Slicing, "name" | "slices">;

interface PackedGroup {
  readonly name: string;
  readonly steps: readonly number[];
}

interface PackedScoring extends Omit<Scoring, "examples" | "scenes" | "groups" | "slicings"> {
  readonly groups: readonly PackedGroup[];
  readonly slicings?: readonly { readonly name: string; readonly slices: readonly PackedGroup[] }[];
  readonly texts: Pointed;
}

/**
 * As one text, which refers to the texts of the data files.
 * @param files their contents, in the order in which a report holds them
 */
export function packScoring(
  { examples, scenes, groups, slicings, kept, ...rest }: Scoring,
  files: readonly string[],
): string {
  const packed: PackedScoring = {
    ...rest,
    ...(slicings && { slicings: slicings.map(({ name, slices }) => ({ name, slices: slices.map(packGroup) })) }),
    ...(kept && { kept }),
    groups: groups.map(packGroup),
    texts: new TextPool(files).point({ examples, scenes }),
  };
  return JSON.stringify(packed);
}

/** What {@link packScoring} was given, of the same files. */
export function unpackScoring(packed: string, files: readonly string[]): Scoring {
  const { texts, groups, slicings, ...rest } = JSON.parse(packed) as PackedScoring; // a report's own data
  const resolved = new TextPool(files).resolve(texts) as Pick<Scoring, "examples" | "scenes">;
  return {
    ...rest,
    ...resolved,
    groups: groups.map(unpackGroup),
    ...(slicings && { slicings: slicings.map(({ name, slices }) => ({ name, slices: slices.map(unpackGroup) })) }),
  };
}

function packGroup({ name, rows }: Group): PackedGroup {
  return { name, steps: Array.from(rows, (row, i) => row - (rows[i - 1] ?? 0)) };
}

function unpackGroup({ name, steps }: PackedGroup): Group {
  return { name, rows: addUp(steps) };
}

function addUp(steps: readonly number[]): Int32Array {
  let sum = 0;
  return Int32Array.from(steps, (step) => {
    sum += step;
    return sum;
  });
}
