import type { GroupReport, Intervals, ScoreReport } from "../tasks/score-report.js";
import { findTask } from "../tasks/task-registry.js";
import { formatCount, formatProbability, formatScore, formatSigned } from "./numbers.js";
import { printable } from "./printable.js";
import { createTable } from "./tables.js";

const MOST_RULED_ROWS = 12;

/** The report as tables for a person to read, without colours. */
export function formatScoreTables(report: ScoreReport): string {
  return [
    formatScores(report),
    ...formatBreakdowns(report),
    ...formatConfusion(report),
    ...formatComparison(report),
    ...formatNotes(report),
  ].join("\n\n");
}

function formatScores({ task, examples, missing, scores, intervals, byDomain = {} }: ScoreReport): string {
  const names = Object.keys(scores).filter((name) => typeof scores[name] === "number");
  const table = createTable([task, "examples", ...names]);
  const addRow = (name: string, count: number, row: Readonly<Record<string, unknown>>, own?: Intervals) =>
    table.push([name, formatCount(count), ...names.map((score) => formatScore(row[score] as number, own?.[score]))]);
  for (const [name, domain] of Object.entries<GroupReport>(byDomain)) {
    addRow(name, domain.examples, domain.scores, domain.intervals);
  }
  addRow(Object.keys(byDomain).length > 0 ? "entire" : "all", examples, scores, intervals);
  const subset = missing
    ? `\nOnly ${formatCount(examples)} of ${formatCount(examples + missing)} examples have a prediction and were scored, ${formatCount(missing)} are missing: not comparable with full results.`
    : "";
  return table.toString() + subset;
}

/** The main score by group: VQA's accuracies by type. */
function formatBreakdowns({ task, scores }: ScoreReport): string[] {
  const { groupings = [], mainScore } = findTask(task);
  return groupings.flatMap(({ by, summary }) => {
    const rows = Object.entries(summary === undefined ? {} : ((scores[summary] ?? {}) as Record<string, number>));
    if (rows.length === 0) return [];
    const table = createTable([by, mainScore], { rules: rows.length <= MOST_RULED_ROWS });
    for (const [type, accuracy] of rows) table.push([printable(type), formatScore(accuracy)]);
    return [table.toString()];
  });
}

function formatConfusion({ scores }: ScoreReport): string[] {
  const confusion = scores.confusion as Record<string, Record<string, number>> | undefined;
  if (!confusion) return [];
  const classes = Object.keys(confusion).sort();
  const table = createTable(["label \\ predicted", ...classes]);
  for (const label of classes) table.push([label, ...classes.map((predicted) => confusion[label]![predicted] ?? 0)]);
  return [table.toString()];
}

function formatComparison({ comparison, resampling }: ScoreReport): string[] {
  if (!comparison) return [];
  const interval = `${100 * resampling!.confidence} % interval`;
  const hasMcNemar = Object.values(comparison).some(({ mcNemar }) => mcNemar);
  const head = ["", "predictions", "against", "difference", interval, "p (bootstrap)", "p (permutation)"];
  const table = createTable(hasMcNemar ? [...head, "p (McNemar)"] : head);
  for (const [name, row] of Object.entries(comparison)) {
    const { score, against, difference, low, high, pBootstrap, pPermutation, mcNemar } = row;
    table.push([
      name,
      ...[score, against].map((value) => formatScore(value)),
      formatSigned(difference),
      `[${formatSigned(low)}, ${formatSigned(high)}]`,
      ...[pBootstrap, pPermutation].map(formatProbability),
      ...(hasMcNemar ? [mcNemar ? formatProbability(mcNemar.pValue) : ""] : []),
    ]);
  }
  return [table.toString()];
}

function formatNotes({ task, signatures, byDomain, resampling, intervals }: ScoreReport): string[] {
  const lines = Object.values({ ...signatures, ...differingSignatures(signatures, byDomain) });
  if (resampling) {
    const { resamples, confidence, seed } = resampling;
    const what = intervals ? `[low, high]: ${100 * confidence} % bootstrap intervals; ` : "";
    lines.push(`${what}${formatCount(resamples)} resamples, seed ${seed}`);
  }
  const { scoreNote } = findTask(task);
  if (scoreNote !== undefined) lines.push(scoreNote);
  return [lines.map(printable).join("\n")];
}

/** The domains' signatures that differ from the whole set's: CIDEr's, where each domain has its own frequencies. */
function differingSignatures(signatures: ScoreReport["signatures"], byDomain: ScoreReport["byDomain"] = {}) {
  const differing: Record<string, string> = {};
  for (const [domain, { signatures: own }] of Object.entries(byDomain)) {
    for (const [metric, signature] of Object.entries(own)) {
      if (signature !== signatures[metric]) differing[`${metric} ${domain}`] = `${domain}: ${signature}`;
    }
  }
  return differing;
}
