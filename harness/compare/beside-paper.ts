import type { TaskName } from "../tasks/task.js";
import type { ComparedRun, ScoreRow } from "./comparison.js";
import type { OurColumn, PaperColumn, PaperFigure, PaperSide, PaperTable } from "./paper-table.js";
import { PAPER_TABLES } from "./published-results.js";
import { unique } from "./subsets.js";

/** What must be said wherever the paper's figures stand beside ours. */
export const PAPER_REMARK =
  "The paper's figures are its own, measured on data other than these runs': they give an order of magnitude, not a comparison.";
/** Where one of the figures is marked so. */
const UNVERIFIED_REMARK = "[u]: could not be checked against the paper's text.";

/** The paper's tables that have columns of the task and stand for what some of the runs did, the runs beside. */
export function placeBesidePaper(
  task: TaskName,
  runs: readonly ComparedRun[],
  scores: readonly ScoreRow[],
): PaperSide[] {
  const hasDomains = scores.some(({ subset }) => subset === "in-domain" || subset === "out-domain");
  return PAPER_TABLES.flatMap((table) => {
    const chosen = [...table.columns.keys()].filter((column) => table.columns[column]!.task === task);
    const placed = runs.filter(({ settings }) => isLike(table, settings));
    if (chosen.length === 0 || placed.length === 0) return [];
    const columns = chosen.map((column) => table.columns[column]!);
    const rows = table.rows
      .map(({ model, figures }) => ({ model, figures: chosen.map((column) => figures[column]!) }))
      .filter(({ figures }) => figures.some((figure) => figure !== null));
    const ours = placed.map(({ label }) => ({
      run: label,
      values: columns.map((column) => findOurs(label, column, scores, hasDomains)),
    }));
    return [{ ...table, columns, rows, remarks: [PAPER_REMARK, ...table.remarks], ours }];
  });
}

/** Whether a run stands in any of a table's columns. */
export function hasRuns({ ours }: PaperSide): boolean {
  return ours.some(({ values }) => values.some((value) => value !== null));
}

/** Its captions are English, and some of its tables only of generated answers. */
function isLike({ answer }: PaperTable, settings: ComparedRun["settings"]): boolean {
  return settings.language === "en" && (answer === undefined || settings.answer === answer);
}

function findOurs(run: string, { ours }: PaperColumn, scores: readonly ScoreRow[], hasDomains: boolean): number | null {
  if (!ours || (ours.withDomains ?? hasDomains) !== hasDomains) return null;
  const row = scores.find((row) => row.run === run && isIn(row, ours));
  return row ? row.value * ours.scale : null;
}

function isIn(row: ScoreRow, { score, subset }: OurColumn): boolean {
  return row.score === score && row.subset === subset;
}

/** What must be said below a table: what its figures are measured on, and what its marks mean. */
export function listRemarks(table: PaperSide): string[] {
  const isUnverified = table.rows.some(({ figures }) => figures.some((figure) => figure?.unverified));
  return [...table.remarks, ...listMeasuredOn(table), ...(isUnverified ? [UNVERIFIED_REMARK] : [])];
}

function listMeasuredOn({ columns, rows }: PaperSide): string[] {
  const sets = unique(columns.map(({ measuredOn }) => measuredOn)).map((set) => {
    const own = columns.filter(({ measuredOn }) => measuredOn === set);
    return `${unique(own.map(({ metric }) => metric)).join(", ")} on ${set}`;
  });
  const elsewhere = rows.flatMap(({ figures }) => figures.flatMap((figure) => figure?.measuredOn ?? []));
  const starred = elsewhere.length > 0 ? [`*: on ${unique(elsewhere).join(", ")}.`] : [];
  return [`Measured: ${sets.join("; ")}.`, ...starred];
}

/** Digits after the point, as the paper prints the figure. */
export function countDecimals(figure: PaperFigure | null): number {
  return figure === null ? 0 : (String(figure.value).split(".")[1]?.length ?? 0);
}
