import { SimvlmError } from "./error.js";
import {
  computeLazily,
  formatSignature,
  type MetricResult,
  nameScores,
  type Statistics,
  scoreEachExample,
  sumStatistics,
} from "./metric.js";
import type { DocumentFrequencyTable } from "./scores/document-frequency.js";
import type { HumanAnswer } from "./scores/vqa.js";

/** One example to be scored: what a system said, and what is known of the right answer. */
export interface MetricExample {
  readonly id: string;
  readonly prediction: string;
  /** What people wrote, or the right class as the only one; empty where nobody knows. */
  readonly references: readonly string[];
  /** Examples of one cluster (questions about one picture, pairs of one sentence) are resampled together. */
  readonly cluster?: string | undefined;
  /** The records of people's answers, with whatever fields the annotations file gives them (VQA). */
  readonly answers?: readonly HumanAnswer[] | undefined;
  /** Names of the things in the picture, for metrics of what a text claims to see. */
  readonly instances?: readonly string[] | undefined;
  /** Picture files. */
  readonly pictures?: readonly string[] | undefined;
}

/** What a metric cannot do without, or makes use of where it is given (document frequencies, tables). */
export type MetricNeed = "references" | "answers" | "instances" | "pictures" | "document-frequencies" | "tables";

/** What is given beside the examples. */
export interface MetricOptions {
  /** Counts to weigh n-grams by; default: those of the references being scored. */
  readonly documentFrequency?: DocumentFrequencyTable | undefined;
  /** What signatures call the counts. */
  readonly documentFrequencyName?: string | undefined;
  /** Word lists and synonyms by name, for metrics that need such. */
  readonly tables?: Readonly<Record<string, unknown>> | undefined;
}

/** What a metric looks at: all examples at once, and what they share with other metrics. */
export interface MetricInput extends MetricOptions {
  readonly examples: readonly MetricExample[];
  /** The result of `make`, computed once for all metrics that ask for it: token numbers, n-grams. */
  share<T>(make: (input: MetricInput) => T): T;
}

/** @param examples to be scored together; their order is the order of all results */
export function createMetricInput(examples: readonly MetricExample[], options: MetricOptions = {}): MetricInput {
  const shared = new Map<unknown, unknown>();
  const input: MetricInput = {
    ...options,
    examples,
    share<T>(make: (input: MetricInput) => T): T {
      if (!shared.has(make)) shared.set(make, make(input));
      return shared.get(make) as T;
    },
  };
  return input;
}

/**
 * A metric, whole: how one example becomes a row of statistics, and how sums of such rows become scores. Corpus scores,
 * scores of any group of examples, bootstrap intervals and paired tests follow from that. It is data: whoever defines
 * one elsewhere, with another copy of this package or with none, defines the same thing.
 */
export interface MetricDefinition<Name extends string = string, Prepared = unknown> {
  readonly kind: "metric";
  /** What one writes to choose it: `cider`. */
  readonly name: string;
  /** What results and signatures call it: `CIDEr`; default the name. */
  readonly title?: string;
  /** The names of its scores, in the order in which `scoresFromSums` gives them. */
  readonly scores: readonly Name[];
  /** What each number of a row of statistics counts. */
  readonly columns: readonly string[];
  /** Default: references alone. */
  readonly needs?: readonly MetricNeed[];
  /** Looked at once before the examples: token numbers, document frequencies, a model's answers. */
  prepare?(input: MetricInput): Prepared | Promise<Prepared>;
  /** The statistics of one example, a number for each column. */
  statistics(example: MetricExample, prepared: Prepared, place: number): ArrayLike<number>;
  /** Scores from the sums of some examples' statistics. */
  scoresFromSums(sums: Float64Array): number[];
  /** Corpus scores where they are not `scoresFromSums` of the sums: in the reference program's order and rounding. */
  corpusScores?(statistics: Statistics): number[];
  /** Scores of one example from its statistics, where they are not `scoresFromSums` of them. */
  exampleScores?(statistics: Float64Array): number[];
  /** Scores of all examples by themselves, an array for each score, where an example's own statistics are not enough. */
  perExample?(input: MetricInput, prepared: Prepared): readonly Float64Array[];
  /** All that changes the numbers, beside the name and the version: `{ nrefs: "5", tok: "ptb" }`. */
  signature?(input: MetricInput, prepared: Prepared): SignatureFields;
  /** What else is to be told of the whole set, as JSON: confusion counts. */
  details?(input: MetricInput): Readonly<Record<string, unknown>>;
}

/** The fields of a signature; a `name` takes the place of the metric's own title. */
export type SignatureFields = Readonly<Record<string, string | number>> & { readonly name?: string };

/** A metric as a definition; what is left out of `kind` is filled in, nothing else happens. */
export function defineMetric<Name extends string, Prepared>(
  definition: Omit<MetricDefinition<Name, Prepared>, "kind">,
): MetricDefinition<Name, Prepared> {
  return { kind: "metric", ...definition };
}

/**
 * A metric's result on examples.
 * @throws SimvlmError `metric-needs` where the examples lack what the metric cannot do without, `bad-metric` where its
 *   statistics are not a finite number for each column, and what its `prepare` throws
 */
export async function evaluateMetric<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  input: MetricInput,
): Promise<MetricResult<Name>> {
  requireNeeds(metric, input);
  return evaluatePrepared(metric, input, (await metric.prepare?.(input)) as Prepared);
}

/** {@link evaluateMetric} of a metric whose preparation is at hand. */
export function evaluatePrepared<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  input: MetricInput,
  prepared: Prepared,
): MetricResult<Name> {
  const { title = metric.name, scores: names, columns } = metric;
  const { examples } = input;
  const statistics = { columns, values: collectStatistics(metric, input, prepared) };
  const scoresFromSums = (sums: Float64Array) => metric.scoresFromSums(sums);
  const corpusScores = metric.corpusScores && ((rows: Statistics) => metric.corpusScores!(rows));
  const ofExample = (row: Float64Array) => metric.exampleScores?.(row) ?? metric.scoresFromSums(row);
  const clusters = numberClusters(examples);
  const { name = title, ...fields } = metric.signature?.(input, prepared) ?? {};
  return {
    metric: title,
    names,
    scores: nameScores(names, corpusScores?.(statistics) ?? scoresFromSums(sumStatistics(statistics))),
    perExample: computeLazily(
      names,
      () => metric.perExample?.(input, prepared).map((values) => values) ?? scoreEachExample(statistics, ofExample),
    ),
    statistics,
    scoresFromSums,
    ...(corpusScores && { corpusScores }),
    ...(clusters && { clusters }),
    signature: formatSignature(name, fields),
    ...(metric.details && { details: metric.details(input) }),
  };
}

const NEEDED_OF_EXAMPLES = ["answers", "instances", "pictures"] as const;

function requireNeeds({ name, needs = ["references"] }: MetricDefinition, { examples, tables }: MetricInput): void {
  const lacking = (lacks: (example: MetricExample) => boolean) => examples.find(lacks)?.id;
  const absent: readonly (readonly [MetricNeed, string | undefined])[] = [
    ["references", needs.includes("references") ? lacking(({ references }) => references.length === 0) : undefined],
    ...NEEDED_OF_EXAMPLES.map(
      (need) => [need, needs.includes(need) ? lacking(({ [need]: given }) => given === undefined) : undefined] as const,
    ),
  ];
  const [need, id] = absent.find(([, id]) => id !== undefined) ?? [];
  if (need !== undefined) {
    throw new SimvlmError("metric-needs", `The metric ${name} needs ${need}, and example ${id} has none.`);
  }
  if (needs.includes("tables") && !tables) {
    throw new SimvlmError("metric-needs", `The metric ${name} needs tables of words, and none are given.`);
  }
}

function collectStatistics<Prepared>(
  metric: MetricDefinition<string, Prepared>,
  { examples }: MetricInput,
  prepared: Prepared,
): Float64Array {
  const width = metric.columns.length;
  const values = new Float64Array(width * examples.length);
  for (const [place, example] of examples.entries()) {
    const row = metric.statistics(example, prepared, place);
    let isRight = row.length === width;
    for (let column = 0; column < width && isRight; column++) {
      values[place * width + column] = row[column]!;
      isRight = Number.isFinite(row[column]);
    }
    if (isRight) continue;
    throw new SimvlmError(
      "bad-metric",
      `The metric ${metric.name}: the statistics of example ${example.id} are [${Array.from(row).slice(0, 8)}], but must be a number for each of ${metric.columns.join(", ")}.`,
    );
  }
  return values;
}

/** Clusters by number, in the order of their first example; an example without one is a cluster by itself. */
function numberClusters(examples: readonly MetricExample[]): Int32Array | undefined {
  if (examples.every(({ cluster }) => cluster === undefined)) return undefined;
  const numbers = new Map<string, number>();
  let next = 0;
  return Int32Array.from(examples, ({ cluster }) => {
    if (cluster === undefined) return next++;
    if (!numbers.has(cluster)) numbers.set(cluster, next++);
    return numbers.get(cluster)!;
  });
}
