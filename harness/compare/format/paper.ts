import { createTable } from "../../cli/tables.js";
import type { RunComparison } from "../comparison.js";
import { UNVERIFIED_REMARK } from "../paper/beside.js";
import type { PaperFigure, PaperSide } from "../paper/table.js";
import { line } from "./text.js";

/** The paper's tables of the task, ours first. */
export function formatPaper({ paper }: RunComparison): string[] {
  return paper.map((table) => {
    const isUnverified = table.rows.some(({ figures }) => figures.some((figure) => figure?.unverified));
    const remarks = [...table.remarks, ...listMeasuredOn(table), ...(isUnverified ? [UNVERIFIED_REMARK] : [])];
    return [`The paper: ${table.title}`, formatTable(table), ...remarks].join("\n");
  });
}

function formatTable({ columns, rows, ours }: PaperSide): string {
  // Data set above figure, so that nine columns fit a terminal.
  const heads = columns.map(({ name }) => name.replace(" ", "\n"));
  const table = createTable(["model", ...heads], { rules: false });
  for (const { run, values } of ours) {
    table.push([`ours: ${line(run)}`, ...values.map((value) => (value === null ? "" : formatPaperScale(value)))]);
  }
  for (const { model, figures } of rows) table.push([model, ...figures.map(formatFigure)]);
  return table.toString();
}

function formatFigure(figure: PaperFigure | null): string {
  if (figure === null) return "";
  const { value, unverified, measuredOn } = figure;
  return `${formatPaperScale(value)}${measuredOn === undefined ? "" : "*"}${unverified ? " [u]" : ""}`;
}

function listMeasuredOn({ columns, rows }: PaperSide): string[] {
  const sets = [...new Set(columns.map(({ metric, measuredOn }) => `${metric} on ${measuredOn}`))];
  const elsewhere = rows.flatMap(({ figures }) => figures.flatMap((figure) => figure?.measuredOn ?? []));
  const starred = elsewhere.length > 0 ? [`* ${[...new Set(elsewhere)].join(", ")}.`] : [];
  return [`Measured: ${sets.join("; ")}.`, ...starred];
}

function formatPaperScale(value: number): string {
  return String(Math.round(value * 100) / 100);
}
