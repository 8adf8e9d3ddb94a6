import { countDecimals, listRemarks } from "../compare/beside-paper.js";
import type { RunComparison } from "../compare/comparison.js";
import type { PaperFigure, PaperSide } from "../compare/paper-table.js";
import { line } from "./printable.js";
import { createTable } from "./tables.js";

/** The paper's tables of the task, ours first. */
export function formatPaper({ paper }: RunComparison): string[] {
  return paper.map((table) => {
    return [`The paper: ${table.title}`, formatTable(table), ...listRemarks(table)].join("\n");
  });
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

function formatFigure(figure: PaperFigure | null, decimals: number): string {
  if (figure === null) return "";
  const { value, unverified, measuredOn } = figure;
  return `${value.toFixed(decimals)}${measuredOn === undefined ? "" : "*"}${unverified ? " [u]" : ""}`;
}
