import type { Explanation } from "./explanation.js";
import type { MetricExample, MetricInput, MetricNeed } from "./input.js";
import type { Statistics } from "./metric.js";

/**
 * A metric, whole: how one example becomes a row of statistics, and how sums of such rows become scores. Corpus scores,
 * scores of any group of examples, bootstrap intervals and paired tests follow from that. It is data: whoever defines
 * one elsewhere, with another copy of this package or with none, defines the same thing.
 */
export interface MetricDefinition<Name extends string = string, Prepared = unknown> {
  /** What tells it from the definitions of tasks and families. */
  readonly kind: "metric";
  /** What one writes to choose it: `cider`. */
  readonly name: string;
  /** What results and signatures call it: `CIDEr`; default the name. */
  readonly title?: string;
  /** The names of its scores, in the order in which `scoresFromSums` gives them. */
  readonly scores: readonly Name[];
  /** What each number of a row of statistics counts. */
  readonly columns: readonly string[];
  /** Between what all of its scores lie, both ends included; default: not known. */
  readonly range?: readonly [least: number, most: number];
  /** Default: references alone. */
  readonly needs?: readonly MetricNeed[];
  /**
   * Why the examples are not of the kind that it is meant for, as a sentence; undefined where they are. Asked only where
   * every metric that suits is computed: whoever names the metric gets it.
   */
  readonly unsuited?: (input: MetricInput) => string | undefined;
  /** Looked at once before the examples: token numbers, document frequencies, a model's answers. */
  prepare?(input: MetricInput): Prepared | Promise<Prepared>;
  /** The statistics of one example, a number for each column; `place` is its place among the examples, from 0. */
  statistics(example: MetricExample, prepared: Prepared, place: number): ArrayLike<number>;
  /** Scores from the sums of some examples' statistics. */
  scoresFromSums(sums: Float64Array): number[];
  /**
   * Corpus scores where they are not `scoresFromSums` of the sums: in the reference program's order and rounding.
   * @param statistics of the examples to be scored: all, or those of a group
   * @param places of these examples among all
   */
  corpusScores?(statistics: Statistics, places: Int32Array, prepared: Prepared): number[];
  /** Scores of one example from its statistics, where they are not `scoresFromSums` of them. */
  exampleScores?(statistics: Float64Array): number[];
  /** Scores of all examples by themselves, an array for each score, where an example's own statistics are not enough. */
  perExample?(input: MetricInput, prepared: Prepared): readonly Float64Array[];
  /** A number for each example: those that have the same are drawn together. Default: as the examples themselves say. */
  clusters?(input: MetricInput, prepared: Prepared): Int32Array;
  /** Why an example has its scores: what is shown beside it in the terminal, in reports and in notebooks. */
  explain?(example: MetricExample, prepared: Prepared, place: number): Explanation;
  /** All that changes the numbers, beside the name and the version: `{ nrefs: "5", tok: "ptb" }`. */
  signature?(input: MetricInput, prepared: Prepared): SignatureFields;
  /** What else is to be told of the whole set, as JSON: confusion counts. */
  details?(input: MetricInput, prepared: Prepared): Readonly<Record<string, unknown>>;
  /** What a user should know of how it came out, a sentence each: texts that were cut. */
  warn?(input: MetricInput, prepared: Prepared): readonly string[];
  /** By how much its scores may differ where a network computes them on another machine; default not at all. */
  readonly tolerance?: number;
}

/** The fields of a signature. */
export type SignatureFields = Readonly<Record<string, string | number>> & {
  /** Takes the place of the metric's own title. */
  readonly name?: string;
};

/** A metric as a definition; what is left out of `kind` is filled in, nothing else happens. */
export function defineMetric<Name extends string, Prepared>(
  definition: Omit<MetricDefinition<Name, Prepared>, "kind">,
): MetricDefinition<Name, Prepared> {
  return { kind: "metric", ...definition };
}

/** What follows from a metric's score being the mean of its examples' scores. */
type FromMean = "kind" | "scores" | "columns" | "clusters" | "statistics" | "scoresFromSums";

/**
 * A metric whose corpus score is the mean of its examples' scores, such as CIDEr and every accuracy.
 * @property prepare Looked at once before the examples, see {@link MetricDefinition}.
 * @property corpusScores The corpus score where it must not be computed as that mean, see {@link MetricDefinition}.
 * @property exampleScores The score of one example from its statistics, see {@link MetricDefinition}.
 * @property perExample The scores of all examples, see {@link MetricDefinition}.
 * @property explain Why an example has its scores, see {@link MetricDefinition}.
 * @property signature All that changes the numbers, see {@link MetricDefinition}.
 * @property details What else is to be told of the whole set, see {@link MetricDefinition}.
 * @property warn What a user should know of how it came out, see {@link MetricDefinition}.
 */
export interface MeanMetric<Name extends string, Prepared> extends Omit<MetricDefinition<Name, Prepared>, FromMean> {
  /** The name of its one score. */
  readonly score: Name;
  /** The score of one example. */
  scoreExample(example: MetricExample, prepared: Prepared, place: number): number;
}

/** {@link defineMetric} of a metric whose corpus score is the mean of its examples' scores. */
export function defineMeanMetric<Name extends string, Prepared>({
  score,
  scoreExample,
  ...definition
}: MeanMetric<Name, Prepared>): MetricDefinition<Name, Prepared> {
  return {
    kind: "metric",
    ...definition,
    ...meanOf(score),
    statistics: (example, prepared, place) => [scoreExample(example, prepared, place), 1],
  };
}

/** A mean as statistics: the sum of the examples' scores and their number. */
export function meanOf<Name extends string>(score: Name) {
  return {
    scores: [score],
    columns: [score, "examples"],
    scoresFromSums: (sums: Float64Array) => [sums[0]! / sums[1]!],
  };
}
