import type { ComparedSlices, ScoreRow } from "../../compare/comparison.js";
import { judgeDifferences } from "../../runs/differences.js";
import type { ReportData, ReportedRun } from "./data.js";
import { compareLeaves, quoteLeaf } from "./leaves.js";
import { findOlderVersion, rewordComparison } from "./older/older-versions.js";
import { roundScores } from "./round-scores.js";
import { isOfUnknownFamily } from "./sections/runs.js";
import { withoutScored } from "./without-scored.js";

type Comparison = ReportData["comparison"];

/** What the machine of today adds, and what is not made of what is embedded. */
const NOT_REBUILT = {
  code: undefined,
  title: undefined,
  pictures: undefined,
  attention: undefined,
  remarks: undefined,
} as const;

/** The embedded files by their hashes: versions differ in which of them they pack. */
function hashesOnly({ files, ...data }: ReportData["data"]) {
  return { ...data, files: files.map(({ path, sha256 }) => ({ path, sha256 })) };
}

/** A run without the description of its model that only a plug-in can give. */
function withoutUnknown(run: ReportedRun): ReportedRun {
  if (!isOfUnknownFamily(run)) return run;
  const { who: _, ...rest } = run;
  return rest;
}

/** The paper's columns without what they would show of ours of a score that no run has: an older version knew fewer. */
function withoutUnscored(comparison: Comparison): Comparison {
  const scored = new Set(comparison.scores.map(({ score }) => score));
  const paper = comparison.paper.map((table) => ({
    ...table,
    columns: table.columns.map(({ ours, ...column }) => ({
      ...column,
      ...(ours && scored.has(ours.score) && { ours }),
    })),
  }));
  return { ...comparison, paper };
}

/** An older version kept all digits. */
const withRoundScores = (examples: NonNullable<ReportData["examples"]>) => ({
  ...examples,
  values: examples.values.map(roundScores),
});

/** What every version shows as a whole or not at all. */
const ROWS =
  /^(?:comparison\.(?:scores|differences|facts|slices|changes|winsAndLosses|paper|notes)|examples|extremes)\b/;

/**
 * How a report differs from the one that its runs give now. Sentences that a released version worded differently are
 * compared as it worded them.
 * @param isSameCode whether both were made by the very same code: if not, fields that are new are no difference
 */
export function compareRebuilt(
  report: ReportData,
  rebuilt: ReportData,
  isSameCode: boolean,
): { differences: string[]; notes: string[] } {
  const older = findOlderVersion(report);
  const { comparison, rounded } = older?.hasUnroundedGroups
    ? roundAsNow(report.comparison, rebuilt.comparison)
    : { comparison: report.comparison, rounded: 0 };
  const [then, now] = [
    { ...report, comparison, runs: report.runs.map(withoutUnknown) },
    { ...rebuilt, comparison: rewordComparison(rebuilt.comparison, older) },
  ].map(({ runs, ...rest }) => ({
    ...rest,
    ...NOT_REBUILT,
    data: hashesOnly(rest.data),
    ...(rest.examples && !isSameCode && { examples: withRoundScores(rest.examples) }),
    comparison: withoutUnscored(rest.comparison),
    runs: runs.map(({ manifest: { sourceAt: _, ...manifest }, tryPage: __, ...run }) => ({ ...run, manifest })),
  }));
  const judged = judgeDifferences(compareLeaves(then, now), isSameCode);
  // A row that is missing is no row that an older version did not know.
  const missing = judged.added.filter(({ path }) => ROWS.test(path));
  const added = judged.added.filter(({ path }) => !ROWS.test(path));
  const differences = [...judged.differences, ...missing];
  return {
    differences: differences.map(
      ({ path, first, second }) => `${path} is ${quoteLeaf(first)}, but what is embedded gives ${quoteLeaf(second)}`,
    ),
    notes: [
      ...(added.length > 0 ? [`this version adds ${added.length} values, the first of them ${added[0]!.path}`] : []),
      ...(rounded > 0
        ? [`${rounded} scores of groups are rounded by this version, but were not by the version that made the report`]
        : []),
    ],
  };
}

/**
 * A report without what metrics say that are not known here, and without the warnings and notes that name them.
 * @param titles of these metrics
 * @param rebuilt what came of the others: the scores that it lacks are theirs
 */
export function withoutMetrics(report: ReportData, titles: readonly string[], rebuilt: ReportData): ReportData {
  if (titles.length === 0) return report;
  const { comparison, scoring } = report;
  const { warnings = [], notes, ...rest } = comparison;
  const known = new Set(rebuilt.comparison.scores.map(({ score }) => score));
  const explanations = report.explanations
    ?.map((example) => ({ ...example, metrics: example.metrics.filter(({ metric }) => !titles.includes(metric)) }))
    .filter(({ metrics }) => metrics.length > 0);
  const told = new Set([...(rebuilt.comparison.warnings ?? []), ...rebuilt.comparison.notes]);
  const isTold = (sentence: string) => told.has(sentence) || !titles.some((title) => sentence.includes(title));
  const toldWarnings = warnings.filter(isTold);
  return {
    ...report,
    ...(explanations && { explanations }),
    ...(scoring !== undefined && { scoring: withoutScored(scoring, titles) }),
    comparison: {
      ...rest,
      ...(toldWarnings.length > 0 && { warnings: toldWarnings }),
      notes: notes.filter(isTold),
      scores: comparison.scores.filter(({ score }) => known.has(score)),
      differences: comparison.differences.filter(({ score }) => known.has(score)),
      ...(comparison.slices && { slices: withoutScores(comparison.slices, known) }),
      signatures: Object.fromEntries(
        Object.entries(comparison.signatures).filter(([title]) => !titles.includes(title)),
      ),
      paper: rebuilt.comparison.paper, // its columns follow from the scores
    },
  };
}

function withoutScores(slices: ComparedSlices, known: ReadonlySet<string>): ComparedSlices {
  return {
    ...slices,
    scores: slices.scores.filter(({ score }) => known.has(score)),
    differences: slices.differences.filter(({ score }) => known.has(score)),
  };
}

/** Version 0.1.0 did not round the scores of a group as it did those of the whole. */
const DECIMALS = 2;

/** The comparison with its groups' scores as they are now, where they differ by nothing but rounding. */
function roundAsNow(then: Comparison, now: Comparison): { comparison: Comparison; rounded: number } {
  let rounded = 0;
  const isRounding = (old: number, fresh: number) => old !== fresh && Math.abs(old - fresh) <= 0.5 * 10 ** -DECIMALS;
  const isRound = (value: number) => Number(value.toFixed(DECIMALS)) === value;
  const adopt = <Row extends Pick<ScoreRow, "run" | "subset" | "score" | "value" | "low" | "high">>(
    rows: readonly Row[],
    fresh: readonly Row[],
    replace: (row: Row, twin: Row) => Row,
  ): Row[] =>
    rows.map((row) => {
      const twin = fresh.find(
        ({ run, subset, score }) => run === row.run && subset === row.subset && score === row.score,
      );
      if (!twin || row.subset === "all" || !isRound(twin.value) || twin.low !== row.low || twin.high !== row.high) {
        return row;
      }
      const replaced = replace(row, twin);
      if (replaced !== row) rounded++;
      return replaced;
    });
  const scores = adopt(then.scores, now.scores, (row, { value }) =>
    isRounding(row.value, value) ? { ...row, value } : row,
  );
  const differences = adopt(then.differences, now.differences, (row, twin) => {
    const pairs = [
      [row.value, twin.value],
      [row.againstValue, twin.againstValue],
    ] as const;
    const isMatch = pairs.every(([old, fresh]) => old === fresh || isRounding(old, fresh));
    if (!isMatch || pairs.every(([old, fresh]) => old === fresh)) return row;
    return { ...row, value: twin.value, againstValue: twin.againstValue };
  });
  return { comparison: { ...then, scores, differences }, rounded };
}
