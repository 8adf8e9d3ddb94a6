import { drawTable } from "../../terminal/draw-table.js";
import { printable } from "../../terminal/printable.js";
import type { Figure, Panel, Series } from "./figure.js";

const MOST_ROWS = 40;

/** The numbers of a figure as text, for a terminal and for those who cannot see it. */
export function describeFigure({ title, panels }: Figure): string {
  return printable([title, ...panels.flatMap(describePanel)].filter((part) => part !== "").join("\n"));
}

function describePanel({ series, y, x, rules = [] }: Panel): string[] {
  const seen = series.filter(({ pale }) => !pale);
  const pointed = seen.filter(({ draw }) => draw === "points" || draw === "curve");
  const lines = seen.filter((one) => !pointed.includes(one));
  return [
    ...(pointed.length > 0 ? [listPoints(pointed, y.title)] : []),
    ...lines.map((one) => `${y.title}, ${one.name}: ${summarize(one, x.title)}`),
    ...rules.flatMap(({ label }) => label ?? []),
  ];
}

function listPoints(series: readonly Series[], title: string): string {
  const rows = series.flatMap(({ name, labels, x, y }) =>
    x.map((at, i) => [labels?.[i] ?? `${name}, ${at}: ${format(y[i]!)}`]),
  );
  const table = drawTable({ head: [title], rows: rows.slice(0, MOST_ROWS), rules: "none" });
  const more = rows.length > MOST_ROWS ? `\n… ${rows.length - MOST_ROWS} more` : "";
  return `${table}${more}`;
}

function summarize({ x, y }: Series, title: string): string {
  if (y.length === 0) return "nothing";
  const least = y.reduce((best, value, i) => (value < y[best]! ? i : best), 0);
  const most = y.reduce((best, value, i) => (value > y[best]! ? i : best), 0);
  const at = (i: number) => `${format(y[i]!)} at ${title} ${format(x[i]!)}`;
  return `first ${format(y[0]!)}, last ${format(y.at(-1)!)}, least ${at(least)}, most ${at(most)}`;
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
