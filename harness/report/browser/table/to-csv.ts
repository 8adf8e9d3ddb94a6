import type { Cell, ColumnKind, CompleteColumn } from "../../tables/table-data.js";

/** Lines of comma-separated values; an interval gets three columns, a picture none. */
export function toCsv(columns: readonly CompleteColumn[], rows: readonly (readonly Cell[])[]): string {
  const head = columns.flatMap(({ kind, title }) => {
    if (kind === "picture") return [];
    return kind === "interval" ? [title, `${title} low`, `${title} high`] : [title];
  });
  const lines = rows.map((row) => columns.flatMap(({ kind }, i) => fieldsOf(row[i] ?? null, kind)));
  return [head, ...lines].map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}

function fieldsOf(cell: Cell, kind: ColumnKind): string[] {
  if (kind === "picture") return [];
  const parts = typeof cell === "object" ? Array.from<string | number>(cell ?? []) : [cell];
  return kind === "interval" ? [0, 1, 2].map((part) => String(parts[part] ?? "")) : [parts.join("")];
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
