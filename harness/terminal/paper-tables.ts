import { listDecimals, listRemarks } from "../compare/beside-paper.js";
import type { RunComparison } from "../compare/comparison.js";
import type { PaperFigure, PaperSide } from "../compare/paper-table.js";
import { line } from "./printable.js";
import type { Table } from "./tables.js";

/** The paper's tables of the task, the runs first. */
export function formatPaper({ paper }: RunComparison): Table[] {
  return paper.map(formatSide);
}

function formatSide(side: PaperSide): Table {
  const { title, columns, rows, ours } = side;
  const decimals = listDecimals(side);
  const cell = (value: number | null, i: number) => (value === null ? "" : value.toFixed(decimals[i]));
  return {
    title: `The paper: ${title}`,
    // Data set above figure, so that nine columns fit a terminal.
    head: ["model", ...columns.map(({ name }) => line(name).replace(" ", "\n"))],
    rows: [
      ...ours.map(({ run, values }) => [`run: ${line(run)}`, ...values.map(cell)]),
      ...rows.map(({ model, figures }) => [model, ...figures.map((figure, i) => formatFigure(figure, decimals[i]!))]),
    ],
    rules: "none",
    remarks: listRemarks(side),
  };
}

function formatFigure(figure: PaperFigure | null, decimals: number): string {
  if (figure === null) return "";
  const { value, unverified, measuredOn } = figure;
  return `${value.toFixed(decimals)}${measuredOn === undefined ? "" : "*"}${unverified ? " [u]" : ""}`;
}
