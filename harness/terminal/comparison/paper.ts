import type { RunComparison } from "../../compare/comparison.js";
import { UNVERIFIED_REMARK } from "../../compare/paper/beside.js";
import type { PaperFigure, PaperSide } from "../../compare/paper/table.js";
import { createTable } from "../tables.js";
import { line, unique } from "../text.js";

/** The paper's tables of the task, ours first. */
export function formatPaper({ paper }: RunComparison): string[] {
  return paper.map((table) => {
    return [`The paper: ${table.title}`, formatTable(table), ...listRemarks(table)].join("\n");
  });
}

/** What must be said below a table: what its figures are measured on, and what its marks mean. */
export function listRemarks(table: PaperSide): string[] {
  const isUnverified = table.rows.some(({ figures }) => figures.some((figure) => figure?.unverified));
  return [...table.remarks, ...listMeasuredOn(table), ...(isUnverified ? [UNVERIFIED_REMARK] : [])];
}

function formatTable({ columns, rows, ours }: PaperSide): string {
  // Data set above figure, so that nine columns fit a terminal.
  const heads = columns.map(({ name }) => name.replace(" ", "\n"));
  const table = createTable(["model", ...heads], { rules: false });
  const decimals = columns.map((_, i) => Math.max(...rows.map(({ figures }) => countDecimals(figures[i]!))));
  for (const { run, values } of ours) {
    table.push([`ours: ${line(run)}`, ...values.map((value, i) => (value === null ? "" : value.toFixed(decimals[i])))]);
  }
  for (const { model, figures } of rows) {
    table.push([model, ...figures.map((figure, i) => formatFigure(figure, decimals[i]!))]);
  }
  return table.toString();
}

export function countDecimals(figure: PaperFigure | null): number {
  return figure === null ? 0 : (String(figure.value).split(".")[1]?.length ?? 0);
}

function formatFigure(figure: PaperFigure | null, decimals: number): string {
  if (figure === null) return "";
  const { value, unverified, measuredOn } = figure;
  return `${value.toFixed(decimals)}${measuredOn === undefined ? "" : "*"}${unverified ? " [u]" : ""}`;
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
