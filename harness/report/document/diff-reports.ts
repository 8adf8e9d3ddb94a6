import { SimvlmError } from "@simvlm/metrics";
import {
  CHANGE_KINDS,
  type ChangeKind,
  type FieldChange,
  type FlippedExample,
  type ReportDiff,
} from "../../compare/report-diff.js";
import { describeOtherSignature } from "../../tasks/other-signature.js";
import { isFailure } from "../../tasks/prediction.js";
import type { ReportData, ReportedRun } from "./data.js";
import { diffScores, diffSlices, minus, type Pair, warnOfSlices } from "./diff-scores.js";
import { compareLeaves } from "./leaves.js";

/** What counts as a change. */
export interface DiffOptions {
  /**
   * Whether another way of resampling the intervals counts; default true. Single runs have no resampling of their own.
   */
  readonly resampling?: boolean;
}

/**
 * What changed from one report to another of the same task.
 * @throws SimvlmError `other-task`
 */
export function diffReports(
  first: ReportData,
  second: ReportData,
  { resampling = true }: DiffOptions = {},
): ReportDiff {
  const [task, otherTask] = [first.comparison.task, second.comparison.task];
  if (task !== otherTask) {
    throw new SimvlmError(
      "other-task",
      `The first is of the task ${task}, the second of ${otherTask}: they cannot be compared.`,
    );
  }
  const pairs = pairRuns(first, second);
  const paired = new Set(pairs.flat());
  const warnings = [...warnOfNumbers(first, second, pairs), ...warnOfSlices(first, second)];
  const slices = diffSlices(first, second, pairs);
  const labelsOf = (runs: readonly ReportedRun[]) => runs.filter((run) => !paired.has(run)).map(({ label }) => label);
  return {
    format: 1,
    runs: {
      both: pairs.map(([a, b]) => ({ first: a.label, second: b.label })),
      onlyFirst: labelsOf(first.runs),
      onlySecond: labelsOf(second.runs),
    },
    ...(warnings.length > 0 && { warnings }),
    changes: CHANGE_KINDS.flatMap((kind) => findChanges(kind, first, second, pairs)).filter(
      ({ field }) => resampling || !field.startsWith("resampling."),
    ),
    scores: pairs.flatMap((pair) => diffScores(first, second, pair)),
    ...(slices && { slices }),
    flipped: pairs.flatMap((pair) => diffExamples(first, second, pair)).sort(byDifference),
  };
}

/** Metrics with other signatures, and runs of other examples: their numbers do not tell how the runs differ. */
function warnOfNumbers({ comparison }: ReportData, second: ReportData, pairs: readonly Pair[]): string[] {
  const metrics = Object.entries(comparison.signatures).flatMap(([metric, signature]) => {
    const other = second.comparison.signatures[metric];
    const fields = other === undefined ? undefined : describeOtherSignature(signature, other);
    return fields === undefined ? [] : [`${metric} is not comparable: ${fields}.`];
  });
  const data = pairs.flatMap(([a, b]) => {
    const why = describeOtherData(a, b);
    return why === undefined ? [] : [`No score of ${b.label} is comparable with that of ${a.label}: ${why}.`];
  });
  return [...data, ...metrics];
}

function describeOtherData({ manifest: { data }, outcomes }: ReportedRun, other: ReportedRun): string | undefined {
  const hashOf = ({ files, references }: typeof data) =>
    (files.find(({ path }) => path === references) ?? files[0])?.sha256;
  if (hashOf(data) !== hashOf(other.manifest.data)) return "the data files are not the same";
  if (data.idsSha256 !== other.manifest.data.idsSha256) return "they are of other examples";
  const [said, others] = [outcomes, other.outcomes].map((all) => all.filter((one) => !isFailure(one)).length);
  return said === others ? undefined : `${said} examples have a prediction in the first, ${others} in the second`;
}

/** By label; runs that stand alone on either side belong together whatever they are called. */
function pairRuns({ runs: a }: ReportData, { runs: b }: ReportData): Pair[] {
  if (a.length === 1 && b.length === 1) return [[a[0]!, b[0]!]];
  const others = new Map(b.map((run) => [run.label, run]));
  return a.flatMap((run): Pair[] => (others.has(run.label) ? [[run, others.get(run.label)!]] : []));
}

/** Of a run, what a kind of change is looked for in. */
const OF_RUNS: Readonly<Record<Exclude<ChangeKind, "metrics">, (run: ReportedRun) => unknown>> = {
  settings({ manifest: { settings, decoding, seed, limit, provider, source } }) {
    const { hashes: _, sha256: __, weights: ___, ...described } = source;
    return { ...settings, decoding, seed, limit, provider, source: described };
  },
  data({ manifest: { data, pictures } }) {
    const { folder: _, fromRun: __, ...rest } = data;
    return { ...rest, pictures };
  },
  weights: ({ manifest: { source } }) => ({
    hashes: source.hashes,
    sha256: source.sha256,
    weights: source.weights,
  }),
  code: ({ manifest: { code } }) => code,
  packages: ({ manifest: { packages, platform } }) => ({ packages, platform }),
};

function findChanges(kind: ChangeKind, first: ReportData, second: ReportData, pairs: readonly Pair[]): FieldChange[] {
  if (kind === "metrics") {
    const [a, b] = [first, second].map(({ comparison: { signatures, resampling } }) => ({ ...signatures, resampling }));
    return compareFields(kind, a, b);
  }
  const fieldsOf = OF_RUNS[kind];
  const own = pairs.flatMap(([a, b]) =>
    compareFields(kind, fieldsOf(a), fieldsOf(b)).map((change): FieldChange => ({ ...change, run: b.label })),
  );
  return kind === "code" ? [...compareFields(kind, { report: first.code }, { report: second.code }), ...own] : own;
}

function compareFields(kind: ChangeKind, a: unknown, b: unknown): FieldChange[] {
  const parse = (json: string | undefined): unknown => (json === undefined ? null : JSON.parse(json));
  return compareLeaves(a, b).map(({ path, first, second }) => ({
    kind,
    field: path,
    first: parse(first),
    second: parse(second),
  }));
}

function diffExamples(first: ReportData, second: ReportData, [a, b]: Pair): FlippedExample[] {
  const [then, now] = [a, b].map(({ outcomes }) => {
    const said = outcomes.map((outcome) => [outcome.id, isFailure(outcome) ? null : outcome.prediction] as const);
    return new Map(said);
  }) as [Map<string, string | null>, Map<string, string | null>];
  const [scores, freshScores] = [scoresOf(first, a), scoresOf(second, b)];
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((id): FlippedExample[] => {
    const [old, fresh] = [then.get(id) ?? null, now.get(id) ?? null];
    if (old === fresh) return [];
    const [firstValue, secondValue] = [scores.get(id) ?? null, freshScores.get(id) ?? null];
    const difference = minus(secondValue, firstValue);
    return [{ run: b.label, id, first: old, second: fresh, firstValue, secondValue, difference }];
  });
}

function scoresOf({ examples, runs }: ReportData, run: ReportedRun): Map<string, number> {
  const values = examples?.values[runs.indexOf(run)] ?? [];
  return new Map(values.map((value, i) => [examples!.ids[i]!, value]));
}

function byDifference(a: FlippedExample, b: FlippedExample): number {
  return Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0);
}
