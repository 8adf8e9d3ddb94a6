import {
  evaluateMetric,
  evaluateMetrics,
  type Group,
  type GroupResults,
  type MetricDefinition,
  type MetricExample,
  type MetricOptions,
  type MetricResult,
  type SharedResults,
  SimvlmError,
  selectGroups,
} from "@simvlm/metrics";
import { supplyTables, type TableChoice } from "../metric-data/supply-tables.js";
import { requireOwnScores } from "./choose-metrics.js";
import { groupBy } from "./group-examples.js";
import { type DfMode, inputOf } from "./metric-input.js";
import type { Prediction } from "./prediction.js";
import type { Grouping, ReferenceSet, Task, Truth } from "./task.js";
import { isScoredBare } from "./unreferenced.js";
import { warnOfLength } from "./warn-of-length.js";
import { warnOfThoughts } from "./warn-of-thoughts.js";

/** Predictions with the right answers, and how to score them. */
export interface ScoreRequest {
  readonly task: Task;
  readonly data: ReferenceSet;
  /** In any order; examples without one are left out of the scores. */
  readonly predictions: readonly Prediction[];
  /** Default: the task's. */
  readonly metrics?: readonly MetricDefinition[] | undefined;
  /** Whether groups are scored as well: default where examples have any; `required` refuses data without. */
  readonly groups?: "where-given" | "required" | "none";
  readonly df?: DfMode;
  /** Which of the installed data metrics use. */
  readonly tables?: TableChoice | undefined;
  /** Is told of each metric that cannot be computed, or not beside those before it, and why; it is left out. By default the reason is thrown. */
  readonly onUnable?: ((metric: MetricDefinition, reason: SimvlmError) => void) | undefined;
}

/** Predictions with their scores. */
export interface Scored {
  readonly task: Task;
  /** The scored examples, in the data's order. */
  readonly ids: readonly string[];
  /** The examples left out for want of a prediction. */
  readonly missing: readonly string[];
  /** The examples left out because nobody has described or answered them. */
  readonly unreferenced: readonly string[];
  /** The examples left out because their pictures cannot be looked at. */
  readonly unpictured: readonly string[];
  readonly results: readonly MetricResult[];
  /** The corpus scores as the task's reference program reports them, with what else its metrics tell. */
  readonly scores: Readonly<Record<string, unknown>>;
  /** The same metrics on each group of the grouping that stands in the report by itself. */
  readonly groups: readonly GroupResults[];
  /** What a user should know of the data, such as captions that break the reference program. */
  readonly warnings: readonly string[];
  /** What a user should know to believe the scores: captions that are far longer than their references. */
  readonly caveats: readonly string[];
}

/**
 * Scores predictions against what is known of the right answers.
 * @returns undefined where there is no prediction for an example whose right answer is known
 * @throws SimvlmError `no-domains` where groups are required and no example has one, what
 *   `supplyTables` throws where a metric's data are not installed, and what the metrics throw
 */
export async function scorePredictions(request: ScoreRequest): Promise<Scored | undefined> {
  const [scored] = await scoreTogether([request]);
  return scored;
}

/**
 * {@link scorePredictions} of several systems by the same metrics: the same scores in less time, because references that they
 * have in common are counted once.
 * @throws SimvlmError what {@link scorePredictions} throws
 */
export async function scoreTogether(requests: readonly ScoreRequest[]): Promise<(Scored | undefined)[]> {
  const paired = requests.map(pairUp);
  const known = await countTogether(
    paired.map(({ examples }) => examples),
    requests[0]!,
  );
  const scored: (Scored | undefined)[] = [];
  for (const [i, request] of requests.entries()) scored.push(await scorePaired(request, paired[i]!, known[i]));
  return scored;
}

/** What metrics share of each system's examples, where several threads have counted it. */
async function countTogether(
  systems: readonly (readonly MetricExample[])[],
  { task, metrics = task.metrics }: ScoreRequest,
): Promise<(SharedResults | undefined)[]> {
  const { countInThreads } = await import("./caption-threads.js"); // only where something is scored
  const [first] = systems;
  const haveSame = systems.every(
    (own) => own.length === first!.length && own.every(({ references }, i) => references === first![i]!.references),
  );
  if (haveSame) return (await countInThreads(systems, metrics)) ?? [];
  const counted: (SharedResults | undefined)[] = [];
  for (const own of systems) counted.push((await countInThreads([own], metrics))?.[0]);
  return counted;
}

async function scorePaired(
  request: ScoreRequest,
  { examples, truths, missing }: Paired,
  known: SharedResults | undefined,
): Promise<Scored | undefined> {
  const { task, data, groups: which = "where-given", df = "shared" } = request;
  if (examples.length === 0) return undefined;
  const { metrics, results } = await evaluateWhole(request, examples, known);
  const grouping = which === "none" ? undefined : task.groupings?.find(({ summary }) => summary === undefined);
  const groups = grouping ? groupBy(grouping, truths) : [];
  if (which === "required" && groups.length === 0) throw noGroups(grouping);
  return {
    task,
    ids: examples.map(({ id }) => id),
    missing,
    unreferenced: data.unreferenced ?? [],
    unpictured: data.unpictured ?? [],
    results,
    scores: { ...collectScores(results), ...collectDetails(results), ...summarizeGroups(task, results, truths) },
    groups:
      df === "shared"
        ? selectGroups(results, groups)
        : await scoreByThemselves(metrics, results, groups, examples, data.tables),
    warnings: [
      ...warnOfThoughts(examples),
      ...(task.warn?.(examples) ?? []),
      ...new Set(results.flatMap(({ warnings = [] }) => warnings)),
    ],
    caveats: warnOfLength(examples, results),
  };
}

interface Evaluated {
  /** Those that could be computed. */
  readonly metrics: readonly MetricDefinition[];
  /** Of each metric. */
  readonly results: readonly MetricResult[];
}

async function evaluateWhole(
  { task, data, metrics = task.metrics, tables: choice, onUnable }: ScoreRequest,
  examples: readonly MetricExample[],
  known: SharedResults | undefined,
): Promise<Evaluated> {
  if (!onUnable) {
    const tables = unite(data.tables, await supplyTables(metrics, choice));
    return { metrics, results: await evaluateMetrics(metrics, inputOf(examples, "shared", tables, known)) };
  }
  const able: [MetricDefinition, MetricResult][] = [];
  const common = inputOf(examples, "shared", undefined, known);
  for (const metric of metrics) {
    try {
      const why = metric.unsuited?.(common);
      if (why !== undefined) throw new SimvlmError("unsuited-metric", why);
      requireOwnScores([...able.map(([other]) => other), metric]);
      const tables = unite(data.tables, await supplyTables([metric], choice));
      able.push([metric, await evaluateMetric(metric, { ...common, tables })]);
    } catch (error) {
      if (!(error instanceof SimvlmError) || error.code === "stopped") throw error;
      onUnable(metric, error);
    }
  }
  return { metrics: able.map(([metric]) => metric), results: able.map(([, result]) => result) };
}

/** Predictions beside what is known of the right answers, in the data's order. */
export interface Paired {
  readonly examples: MetricExample[];
  readonly truths: Truth[];
  /** The examples without a prediction. */
  readonly missing: string[];
}

/** The examples that are scored. */
export function pairUp({ task, data, predictions, metrics = task.metrics }: ScoreRequest): Paired {
  const { scoredText = (text) => text } = task;
  const isBare = isScoredBare(data, metrics);
  const said = new Map(predictions.map(({ id, prediction }) => [id, prediction]));
  const paired: Paired = { examples: [], truths: [], missing: [] };
  for (const truth of data.examples) {
    const { id, references = [], answers, choices, cluster, instances, pictures } = truth;
    if (references.length === 0 && !isBare) continue;
    const prediction = said.get(id);
    if (prediction === undefined) {
      paired.missing.push(id);
      continue;
    }
    paired.truths.push(truth);
    const text = scoredText(prediction);
    paired.examples.push({ id, prediction: text, references, answers, choices, cluster, instances, pictures });
  }
  return paired;
}

type Tables = MetricOptions["tables"];

/** Those of the data, and those that are installed. */
function unite(given: Tables, installed: Tables): Tables {
  return given || installed ? { ...given, ...installed } : undefined;
}

/** Every result on every group; metrics that count documents count those of the group alone. */
async function scoreByThemselves(
  metrics: readonly MetricDefinition[],
  results: readonly MetricResult[],
  groups: readonly Group[],
  examples: readonly MetricExample[],
  tables: MetricOptions["tables"],
): Promise<GroupResults[]> {
  const counting = metrics.filter(({ needs }) => needs?.includes("document-frequencies"));
  return Promise.all(
    selectGroups(results, groups).map(async (group, i) => {
      const own = Array.from(groups[i]!.rows, (row) => examples[row]!);
      const fresh = new Map(
        (await evaluateMetrics(counting, inputOf(own, "per-domain", tables))).map(
          (result, k) => [counting[k]!, result] as const,
        ),
      );
      return { ...group, results: group.results.map((result, k) => fresh.get(metrics[k]!) ?? result) };
    }),
  );
}

function summarizeGroups(
  { groupings = [], mainScore }: Task,
  results: readonly MetricResult[],
  truths: readonly Truth[],
): Record<string, Record<string, number>> {
  const main = results.filter(({ names }) => names.includes(mainScore));
  if (main.length === 0) return {};
  return Object.fromEntries(
    groupings.flatMap((grouping) => {
      if (grouping.summary === undefined) return [];
      const groups = selectGroups(main, groupBy(grouping, truths, true));
      return [[grouping.summary, Object.fromEntries(groups.map((group) => [group.name, mainOf(group, mainScore)]))]];
    }),
  );
}

function mainOf({ results: [result] }: GroupResults, mainScore: string): number {
  return result!.scores[mainScore]!;
}

function noGroups(grouping: Grouping | undefined): SimvlmError {
  const { by, order } = grouping ?? { by: "group" };
  const names = order ? ` (${order.join(", ")})` : "";
  return new SimvlmError(
    "no-domains",
    `No example of the references has a ${by}${names}. Use annotations that say it, or score without.`,
  );
}

function collectDetails(results: readonly MetricResult[]): Record<string, unknown> {
  return Object.assign({}, ...results.map(({ details }) => details));
}

/** The corpus scores of several metrics by name. */
export function collectScores(results: readonly MetricResult[]): Record<string, number> {
  return Object.assign({}, ...results.map(({ scores }) => scores));
}

/** The metrics' signatures by metric; how many examples were left out is part of them. */
export function collectSignatures(
  results: readonly MetricResult[],
  { missing, unreferenced, unpictured }: Pick<Scored, "missing" | "unreferenced" | "unpictured">,
): Record<string, string> {
  const leftOut = Object.entries({ missing, unreferenced, unpictured }).filter(([, ids]) => ids.length > 0);
  const rest = leftOut.map(([name, { length }]) => `|${name}:${length}`).join("");
  return Object.fromEntries(results.map(({ metric, signature }) => [metric, `${signature}${rest}`]));
}

/** What one looks at first: the task's main score, or the first there is where other metrics were chosen. */
export function mainScoreOf({ task, results }: Pick<Scored, "task" | "results">): string {
  const names = results.flatMap(({ names }) => names);
  return names.includes(task.mainScore) ? task.mainScore : names[0]!;
}

/** Of each example, in the order of `ids`. */
export function scoresOf({ results }: Pick<Scored, "results">, score: string): Float64Array {
  return results.find(({ names }) => names.includes(score))!.perExample[score]!;
}
