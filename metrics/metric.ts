import { type MetricDefinition, meanOf, type SignatureFields } from "./definition.js";
import type { Explanation } from "./explanation.js";
import { pairwiseSum } from "./statistics/summation.js";

/** The version of this package, with which every signature ends. */
export const VERSION = "0.2.0";

/** The sufficient statistics of a metric: one row an example, such that sums of rows give the score of the examples. */
export interface Statistics {
  /** What each number of a row counts. */
  readonly columns: readonly string[];
  /** Row-major, examples × columns. */
  readonly values: Float64Array;
}

/**
 * What every metric returns. A metric only says how one example becomes statistics and how summed statistics become
 * scores; corpus scores of any subset, confidence intervals and paired tests follow from that.
 */
export interface MetricResult<Name extends string = string> {
  /** The metric's title: `CIDEr`. */
  readonly metric: string;
  /** Corpus scores by name, on the reference program's scale. */
  readonly scores: Readonly<Record<Name, number>>;
  /** Scores of the single examples by name, in the order of the input; computed when first asked for. */
  readonly perExample: Readonly<Record<Name, Float64Array>>;
  /** Of all examples, in the order of the input. */
  readonly statistics: Statistics;
  /** Scores (in the order of `names`) from the sum of the examples' statistics. */
  readonly scoresFromSums: (sums: Float64Array) => number[];
  /**
   * Corpus scores of some of the examples, by their statistics and their places among all, where these are not
   * `scoresFromSums` of the sums: rounded, say.
   */
  readonly corpusScores?: (statistics: Statistics, places: Int32Array) => number[];
  /** The names of the scores, in their order. */
  readonly names: readonly Name[];
  /** Which examples were drawn together (questions of one image), as a cluster number each; absent: all independent. */
  readonly clusters?: Int32Array;
  /** What one must know to compare the scores with another's, in the manner of sacreBLEU: `CIDEr-D|nrefs:5|…`. */
  readonly signature: string;
  /** Why the example at a place has its scores. */
  readonly explain?: (place: number) => Explanation;
  /** What else is to be told of the whole set, as JSON: confusion counts. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What a user should know of how it came out, a sentence each; absent for nothing. */
  readonly warnings?: readonly string[];
}

/** What {@link createResult} makes a result of, beside the metric. */
export interface Evaluation {
  /** The examples' statistics, row-major: examples × columns. */
  readonly values: Float64Array;
  /** As {@link formatSignature} makes it. */
  readonly signature: string;
  /** Which examples are drawn together, as a cluster number each; default: all independent. */
  readonly clusters?: Int32Array | undefined;
  /** Default: `scoresFromSums` of the sums. */
  readonly corpusScores?: MetricResult["corpusScores"] | undefined;
  /** Scores of the single examples, an array for each score; default: computed from each example's statistics. */
  readonly perExample?: (() => readonly Float64Array[]) | undefined;
  /** Why the example at a place has its scores. */
  readonly explain?: MetricResult["explain"] | undefined;
  /** What else is to be told of the whole set, as JSON. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** What a user should know of how it came out, a sentence each. */
  readonly warnings?: readonly string[] | undefined;
}

/** The parts of a metric's definition by which statistics become scores. */
export type Scoring<Name extends string> = Pick<
  MetricDefinition<Name>,
  "name" | "title" | "scores" | "columns" | "scoresFromSums" | "exampleScores"
>;

/** The result of a metric whose statistics are at hand. */
export function createResult<Name extends string>(
  metric: Scoring<Name>,
  { values, signature, clusters, corpusScores, perExample, explain, details, warnings = [] }: Evaluation,
): MetricResult<Name> {
  const { title = metric.name, scores: names, columns } = metric;
  const statistics = { columns, values };
  const scoresFromSums = (sums: Float64Array) => metric.scoresFromSums(sums);
  const ofExample = (row: Float64Array) => metric.exampleScores?.(row) ?? metric.scoresFromSums(row);
  const scoreExamples = () => {
    const scored = scoreEachExample(statistics, ofExample);
    return names.map((_, i) => scored[i] ?? new Float64Array(0));
  };
  const all = () => Int32Array.from({ length: values.length / columns.length }, (_, place) => place);
  return {
    metric: title,
    names,
    scores: nameScores(names, corpusScores?.(statistics, all()) ?? scoresFromSums(sumStatistics(statistics))),
    perExample: computeLazily(names, perExample ?? scoreExamples),
    statistics,
    scoresFromSums,
    ...(corpusScores && { corpusScores }),
    ...(clusters && { clusters }),
    signature,
    ...(explain && { explain }),
    ...(details && { details }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** The result of a metric whose corpus score is the mean of its examples' scores, for whoever has these at hand. */
export function meanResult<Name extends string>(
  metric: string,
  name: Name,
  scores: Float64Array,
  signature: string,
  clusters?: Int32Array,
): MetricResult<Name> {
  const values = new Float64Array(2 * scores.length);
  for (let i = 0; i < scores.length; i++) {
    values[2 * i] = scores[i]!;
    values[2 * i + 1] = 1;
  }
  return createResult({ name: metric, ...meanOf(name) }, { values, signature, clusters, perExample: () => [scores] });
}

/** `name|key:value|…|version:simvlm-x.y.z`, of fields that may bring a name of their own. */
export function formatSignature(title: string, { name = title, ...fields }: SignatureFields): string {
  const parts = Object.entries(fields).map(([key, value]) => `${key}:${value}`);
  return [name, ...parts, `version:simvlm-${VERSION}`].join("|");
}

/** Column sums of the chosen rows (all by default), each in numpy's order of additions. */
export function sumStatistics(statistics: Statistics, rows?: Int32Array): Float64Array {
  const width = statistics.columns.length;
  const values = rows ? gatherRows(statistics.values, width, rows) : statistics.values;
  const count = values.length / width;
  return Float64Array.from({ length: width }, (_, column) => pairwiseSum(values, column, count, width));
}

/**
 * The result on some of the examples: the images of one domain, the questions of one type; named and rounded as on the
 * whole. Details and warnings of the whole set are left out; of NLVR2 choose whole sentences.
 */
export function selectExamples<Name extends string>(
  { details: _, warnings: __, ...result }: MetricResult<Name>,
  rows: Int32Array,
): MetricResult<Name> {
  const { names, perExample, clusters, corpusScores, explain, scoresFromSums } = result;
  const { columns, values } = result.statistics;
  const statistics = { columns, values: gatherRows(values, columns.length, rows) };
  return {
    ...result,
    scores: nameScores(names, corpusScores?.(statistics, rows) ?? scoresFromSums(sumStatistics(statistics))),
    perExample: computeLazily(names, () =>
      names.map((name) => Float64Array.from(rows, (row) => perExample[name][row]!)),
    ),
    statistics,
    ...(corpusScores && {
      corpusScores: (some, places) =>
        corpusScores(
          some,
          Int32Array.from(places, (place) => rows[place]!),
        ),
    }),
    ...(explain && { explain: (place) => explain(rows[place]!) }),
    ...(clusters && { clusters: Int32Array.from(rows, (row) => clusters[row]!) }),
  };
}

/** Something for each score, by its name. */
export function nameEach<Name extends string, T>(
  names: readonly Name[],
  make: (name: Name, i: number) => T,
): Record<Name, T> {
  return Object.fromEntries(names.map((name, i) => [name, make(name, i)])) as Record<Name, T>;
}

/** Scores by name. */
export function nameScores<Name extends string>(
  names: readonly Name[],
  scores: readonly number[],
): Record<Name, number> {
  return nameEach(names, (_, i) => scores[i]!);
}

/** A record of score arrays, all computed by the first access to any: many callers want only the corpus scores. */
export function computeLazily<Name extends string>(
  names: readonly Name[],
  compute: () => readonly Float64Array[],
): Record<Name, Float64Array> {
  let computed: readonly Float64Array[] | undefined;
  const record = {} as Record<Name, Float64Array>;
  for (const [i, name] of names.entries()) {
    const get = () => {
      computed ??= compute();
      return computed[i]!;
    };
    Object.defineProperty(record, name, { get, enumerable: true });
  }
  return record;
}

/** The scores of every example by itself. */
export function scoreEachExample(
  { columns, values }: Statistics,
  scoresFromSums: (sums: Float64Array) => number[],
): Float64Array[] {
  const width = columns.length;
  const scores: Float64Array[] = [];
  for (let row = 0; row < values.length / width; row++) {
    for (const [k, score] of scoresFromSums(values.subarray(row * width, (row + 1) * width)).entries()) {
      scores[k] ??= new Float64Array(values.length / width);
      scores[k][row] = score;
    }
  }
  return scores;
}

function gatherRows(values: Float64Array, width: number, rows: Int32Array): Float64Array {
  const gathered = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    for (let column = 0; column < width; column++) gathered[i * width + column] = values[row * width + column]!;
  }
  return gathered;
}
