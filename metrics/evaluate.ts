import type { MetricDefinition, SignatureFields } from "./definition.js";
import { SimvlmError } from "./error.js";
import type { MetricExample, MetricInput, MetricNeed } from "./input.js";
import { createResult, formatSignature, type MetricResult, sumStatistics } from "./metric.js";

/**
 * A metric's result on examples.
 * @throws SimvlmError `metric-needs` where the examples lack what the metric cannot do without, `bad-metric` where its
 *   statistics are not a finite number for each column or cannot be computed, where it does not give a number for
 *   each of its scores, or where its signature is no object, and what its `prepare` throws
 */
export async function evaluateMetric<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  input: MetricInput,
): Promise<MetricResult<Name>> {
  requireNeeds(metric, input);
  return evaluatePrepared(metric, input, (await metric.prepare?.(input)) as Prepared);
}

/**
 * {@link evaluateMetric} of several metrics on the same examples. All prepare before the first looks at an example, so
 * that each can make use of what another shares.
 */
export async function evaluateMetrics(
  metrics: readonly MetricDefinition[],
  input: MetricInput,
): Promise<MetricResult[]> {
  for (const metric of metrics) requireNeeds(metric, input);
  const prepared: unknown[] = [];
  for (const metric of metrics) prepared.push(await metric.prepare?.(input));
  return metrics.map((metric, i) => evaluatePrepared(metric, input, prepared[i]));
}

/** {@link evaluateMetric} of a metric whose preparation is at hand. */
export function evaluatePrepared<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  input: MetricInput,
  prepared: Prepared,
): MetricResult<Name> {
  const { title = metric.name } = metric;
  const values = collectStatistics(metric, input, prepared);
  const given: unknown = metric.scoresFromSums(sumStatistics({ columns: metric.columns, values }));
  if (!Array.isArray(given) || given.length !== metric.scores.length) {
    throw new SimvlmError(
      "bad-metric",
      `The metric ${metric.name}: the scores from sums are ${showRow(given)}, but must be a number for each of ${metric.scores.join(", ")}.`,
    );
  }
  const result = createResult(metric, {
    values,
    signature: formatSignature(
      title,
      metric.signature ? requireFields(metric.name, metric.signature(input, prepared)) : {},
    ),
    clusters: metric.clusters ? requireClusters(metric, input, prepared) : numberClusters(input.examples),
    corpusScores: metric.corpusScores && ((rows, places) => metric.corpusScores!(rows, places, prepared)),
    perExample: metric.perExample && (() => requireEach(metric, input, metric.perExample!(input, prepared))),
    explain: metric.explain && ((place) => metric.explain!(input.examples[place]!, prepared, place)),
    details: metric.details?.(input, prepared),
    warnings: metric.warn?.(input, prepared),
  });
  const hasExamples = input.examples.length > 0; // nothing has no mean
  const wrong = result.names.find((name) => hasExamples && !Number.isFinite(result.scores[name]));
  if (wrong === undefined) return result;
  throw new SimvlmError(
    "bad-metric",
    `The metric ${metric.name}: the score ${wrong} of all examples is ${result.scores[wrong]}, but must be a number.`,
  );
}

function requireFields(name: string, given: SignatureFields): SignatureFields {
  if (isPlainObject(given)) return given;
  throw new SimvlmError(
    "bad-metric",
    `The metric ${name}: its signature is ${showRow(given)}, but must be an object of its fields.`,
  );
}

/** Whether it is an object of no class, wherever it was made. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function requireEach<Name extends string>(
  { name, scores }: Pick<MetricDefinition<Name>, "name" | "scores">,
  { examples }: MetricInput,
  arrays: readonly Float64Array[],
): readonly Float64Array[] {
  const isRight = arrays.length === scores.length && arrays.every(({ length }) => length === examples.length);
  if (isRight) return arrays;
  throw new SimvlmError(
    "bad-metric",
    `The metric ${name}: the scores of the single examples are [${arrays.map(({ length }) => length)}] numbers, but must be ${examples.length} for each of ${scores.join(", ")}.`,
  );
}

function requireClusters<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  input: MetricInput,
  prepared: Prepared,
): Int32Array {
  const given: unknown = metric.clusters!(input, prepared);
  if (given instanceof Int32Array && given.length === input.examples.length) return given;
  throw new SimvlmError(
    "bad-metric",
    `The metric ${metric.name}: its clusters must be an Int32Array with a number for each of ${input.examples.length} examples.`,
  );
}

const NEEDED_OF_EXAMPLES = ["answers", "instances", "pictures", "captions"] as const;

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
    const row = computeRow(metric, example, prepared, place);
    let isRight = row?.length === width;
    for (let column = 0; column < width && isRight; column++) {
      values[place * width + column] = row[column]!;
      isRight = Number.isFinite(row[column]);
    }
    if (isRight) continue;
    throw new SimvlmError(
      "bad-metric",
      `The metric ${metric.name}: the statistics of example ${example.id} are ${showRow(row)}, but must be a number for each of ${metric.columns.join(", ")}.`,
    );
  }
  return values;
}

function computeRow<Prepared>(
  metric: MetricDefinition<string, Prepared>,
  example: MetricExample,
  prepared: Prepared,
  place: number,
): ArrayLike<number> {
  try {
    return metric.statistics(example, prepared, place);
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new SimvlmError("bad-metric", `The metric ${metric.name} cannot look at example ${example.id}: ${problem}`, {
      cause,
    });
  }
}

/** What a metric gave for a row, whatever that is. */
function showRow(row: unknown): string {
  const isList = Array.isArray(row) || ArrayBuffer.isView(row);
  return isList ? `[${Array.from(row as ArrayLike<unknown>).slice(0, 8)}]` : String(row);
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
