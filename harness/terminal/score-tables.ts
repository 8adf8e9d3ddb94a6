import { orderScores } from "../tasks/main-first.js";
import type { Comparisons, GroupReport, Intervals, ScoreReport } from "../tasks/score-report.js";
import { findTask } from "../tasks/task-registry.js";
import { noteTests, warnOfFew } from "../tasks/uncertainty.js";
import { differenceTable } from "./difference-tables.js";
import { drawBlocks } from "./draw-table.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import { line, printable } from "./printable.js";
import type { Block, Table } from "./tables.js";

const MOST_RULED_ROWS = 12;
/** More would fit no screen; `--json` has them all. */
const MOST_CLASSES = 20;

/**
 * The report as tables for a person to read in a terminal, without colours.
 * @param width places in a line; default as many as it takes
 */
export function formatScoreTables(report: ScoreReport, width?: number): string {
  return drawBlocks(scoreBlocks(report), width);
}

/** The report as tables and paragraphs. */
export function scoreBlocks(report: ScoreReport): Block[] {
  return [
    formatScores(report),
    ...formatBreakdowns(report),
    ...formatConfusion(report),
    ...formatComparison(report),
    ...formatNotes(report),
  ];
}

function formatScores(report: ScoreReport): Table {
  const { task, examples, scores, intervals, byDomain = {} } = report;
  const numbers = Object.keys(scores).filter((name) => typeof scores[name] === "number");
  const names = orderScores(numbers, task);
  const row = (name: string, count: number, own: Readonly<Record<string, unknown>>, bounds?: Intervals) => [
    line(name),
    formatCount(count),
    ...names.map((score) => formatScore(own[score] as number, bounds?.[score])),
  ];
  const groups = Object.entries<GroupReport>(byDomain);
  return {
    head: [task, "examples", ...names],
    rows: [
      ...groups.map(([name, group]) => row(name, group.examples, group.scores, group.intervals)),
      row("all", examples, scores, intervals),
    ],
    remarks: listLeftOut(report),
  };
}

function listLeftOut({ examples, missing = 0, unreferenced = 0, unpictured = 0 }: ScoreReport): string[] {
  const all = formatCount(examples + missing + unreferenced + unpictured);
  const leftOut = (count: number, why: string) =>
    count > 0
      ? [
          `${formatCount(count)} of ${all} examples have no ${why} and were left out: not comparable with scores of all.`,
        ]
      : [];
  return [
    ...(missing > 0
      ? [
          `Only ${formatCount(examples)} of ${formatCount(examples + missing)} examples have a prediction and were scored, ${formatCount(missing)} are missing: not comparable with full results.`,
        ]
      : []),
    ...leftOut(unreferenced, "references"),
    ...leftOut(unpictured, "picture that can be looked at"),
  ];
}

/** The main score by group: VQA's accuracies by type. */
function formatBreakdowns({ task, scores }: ScoreReport): Table[] {
  const { groupings = [], mainScore } = findTask(task);
  return groupings.flatMap(({ by, summary }): Table[] => {
    const groups = Object.entries(summary === undefined ? {} : ((scores[summary] ?? {}) as Record<string, number>));
    if (groups.length === 0) return [];
    const rows = groups.map(([type, accuracy]) => [line(type), formatScore(accuracy)]);
    return [{ head: [by, mainScore], rows, rules: rows.length <= MOST_RULED_ROWS ? "all" : "none" }];
  });
}

function formatConfusion({ scores }: ScoreReport): Table[] {
  const confusion = scores.confusion as Record<string, Record<string, number>> | undefined;
  if (!confusion) return [];
  const classes = Object.keys(confusion).sort();
  if (classes.length > MOST_CLASSES) return [];
  const rows = classes.map((label) => [
    line(label),
    ...classes.map((predicted) => String(confusion[label]![predicted] ?? 0)),
  ]);
  return [{ head: ["label \\ predicted", ...classes.map(line)], rows }];
}

/** The parts of the examples first, all of them last, as `compare` has them. */
function formatComparison({ task, comparison, byDomain = {}, resampling }: ScoreReport): Table[] {
  if (!comparison) return [];
  const groups = Object.entries(byDomain).flatMap(([name, group]): [string, Comparisons][] =>
    group.comparison ? [[name, group.comparison]] : [],
  );
  const rows = [...groups, ["all", comparison] as const].flatMap(([subset, compared]) =>
    orderScores(Object.keys(compared), task).map((score, i) => {
      return { row: compared[score]!, of: [i === 0 ? line(subset) : "", score] };
    }),
  );
  const title = "predictions minus against";
  const names = ["predictions", "against"] as const;
  return [differenceTable(rows, { title, head: ["", "score"], names, resampling: resampling! })];
}

function formatNotes({
  task,
  examples,
  signatures,
  byDomain = {},
  resampling,
  intervals,
  comparison,
  correction,
}: ScoreReport): string[] {
  const lines = Object.values({ ...signatures, ...differingSignatures(signatures, byDomain) });
  if (resampling) {
    const { resamples, confidence, seed } = resampling;
    const what = intervals ? `[low, high]: ${formatPercent(confidence)} bootstrap intervals; ` : "";
    lines.push(`${what}${formatCount(resamples)} resamples, seed ${seed}`);
  }
  const { scoreNote } = findTask(task);
  if (scoreNote !== undefined) lines.push(scoreNote);
  if (comparison && resampling) {
    const compared = [comparison, ...Object.values(byDomain).map((group) => group.comparison ?? {})];
    lines.push(...warnOfFew(examples), ...noteTests(compared.flatMap(Object.values), resampling, correction));
  }
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
