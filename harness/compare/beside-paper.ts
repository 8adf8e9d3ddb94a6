import type { TaskName } from "../tasks/task.js";
import type { ComparedRun, ScoreRow } from "./comparison.js";
import type { OurColumn, PaperColumn, PaperFigure, PaperSide, PaperTable, PublishedColumn } from "./paper-table.js";
import { PAPER_TABLES } from "./published-results.js";
import { unique } from "./subsets.js";

/** What must be said wherever the paper's figures stand beside ours. */
export const PAPER_REMARK =
  "The paper's figures are its own, measured on data other than these runs': they give an order of magnitude, not a comparison.";
/** Where one of the figures is marked so. */
const UNVERIFIED_REMARK = "[u]: could not be checked against the paper's text.";

/** Which runs are placed. */
export interface PlacedRuns {
  readonly task: TaskName;
  /** That all of them are on. */
  readonly split: string;
  readonly runs: readonly ComparedRun[];
  readonly scores: readonly ScoreRow[];
}

/**
 * The paper's tables that have columns of the task and stand for what some of the runs did, the runs beside: in columns
 * of their split, or in columns of their own that name it.
 * @param isAnySplit as versions up to 0.2.0 placed runs: in the last column of a data set, whatever their split
 */
export function placeBesidePaper({ task, split, runs, scores }: PlacedRuns, isAnySplit = false): PaperSide[] {
  const hasDomains = scores.some(({ subset }) => subset === "in-domain" || subset === "out-domain");
  return PAPER_TABLES.flatMap((table) => {
    const chosen = [...table.columns.keys()].filter((column) => table.columns[column]!.task === task);
    const placed = runs.filter(({ settings }) => isLike(table, settings));
    if (chosen.length === 0 || placed.length === 0) return [];
    const published = chosen.map((column) => table.columns[column]!);
    const figures = table.rows
      .map(({ model, figures }) => ({ model, figures: chosen.map((column) => figures[column]!) }))
      .filter(({ figures }) => figures.some((figure) => figure !== null));
    const isTaken = (column: PublishedColumn) =>
      isAnySplit ? published.findLast((other) => isSame(column.ours, other.ours)) === column : isOn(column, split);
    const columns = published.map(({ runs: _, ours, ...rest }, i): PaperColumn => {
      return { ...rest, ...(ours && isTaken(published[i]!) && { ours }) };
    });
    const own = isAnySplit
      ? []
      : listOwnColumns(published, split, (i) => mostDecimals(figures.map(({ figures }) => figures[i]!)));
    const measured = own.filter(({ ours }) =>
      placed.some(({ label }) => findOurs(label, ours, scores, hasDomains) !== null),
    );
    const all = [...columns, ...measured];
    const rows = figures.map(({ model, figures }) => ({ model, figures: [...figures, ...measured.map(() => null)] }));
    const ours = placed.map(({ label }) => ({
      run: label,
      values: all.map(({ ours }) => findOurs(label, ours, scores, hasDomains)),
    }));
    return [{ ...table, columns: all, rows, remarks: [PAPER_REMARK, ...table.remarks], ours }];
  });
}

/** Of what is measured on no split of the paper's that the runs are on: a column for each, as the paper would name it. */
function listOwnColumns(
  columns: readonly PublishedColumn[],
  split: string,
  decimalsOf: (column: number) => number,
): PaperColumn[] {
  const isPlaced = ({ ours }: PublishedColumn) =>
    columns.some((other) => isSame(other.ours, ours) && isOn(other, split));
  return columns.flatMap((column, i): PaperColumn[] => {
    const { metric, task, ours, runs } = column;
    const isFirst = columns.findIndex((other) => isSame(other.ours, ours)) === i;
    if (!ours || !runs || !isFirst || isPlaced(column)) return [];
    const measuredOn = `the runs' data, split ${split}`;
    return [
      { name: `${split} ${runs.figure}`, measuredOn, metric, ...(task && { task }), ours, decimals: decimalsOf(i) },
    ];
  });
}

function isOn({ runs }: PublishedColumn, split: string): boolean {
  return runs?.splits.includes(split) ?? false;
}

function isSame(one: OurColumn | undefined, other: OurColumn | undefined): boolean {
  if (!one || !other) return false;
  return one.score === other.score && one.subset === other.subset && one.withDomains === other.withDomains;
}

/** Whether a run stands in any of a table's columns. */
export function hasRuns({ ours }: PaperSide): boolean {
  return ours.some(({ values }) => values.some((value) => value !== null));
}

/** Its captions are English, and some of its tables only of generated answers. */
function isLike({ answer }: PaperTable, settings: ComparedRun["settings"]): boolean {
  return settings.language === "en" && (answer === undefined || settings.answer === answer);
}

function findOurs(
  run: string,
  ours: OurColumn | undefined,
  scores: readonly ScoreRow[],
  hasDomains: boolean,
): number | null {
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

/** Digits after the point of each column, as the paper prints its figures. */
export function listDecimals({ columns, rows }: PaperSide): number[] {
  return columns.map(({ decimals }, i) => decimals ?? mostDecimals(rows.map(({ figures }) => figures[i]!)));
}

function mostDecimals(figures: readonly (PaperFigure | null)[]): number {
  const decimals = figures.map((figure) => (figure === null ? 0 : (String(figure.value).split(".")[1]?.length ?? 0)));
  return Math.max(0, ...decimals);
}
