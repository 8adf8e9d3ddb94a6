import { formatCsvLine, guardText } from "../../../files/csv-field.js";
import type { Cell, ColumnKind, CompleteColumn } from "../../tables/table-data.js";

/**
 * Lines of comma-separated values; an interval gets three columns, a picture none. Numbers stay numbers, and a text is
 * never a formula.
 */
export function toCsv(columns: readonly CompleteColumn[], rows: readonly (readonly Cell[])[]): string {
  const head = columns.flatMap(({ kind, title }) => {
    if (kind === "picture") return [];
    return (kind === "interval" ? [title, `${title} low`, `${title} high`] : [title]).map(guardText);
  });
  const lines = rows.map((row) => columns.flatMap(({ kind }, i) => fieldsOf(row[i] ?? null, kind)));
  return [head, ...lines].map((line) => `${formatCsvLine(line)}\r\n`).join("");
}

function fieldsOf(cell: Cell, kind: ColumnKind): string[] {
  if (kind === "picture") return [];
  const parts = typeof cell === "object" ? Array.from<string | number>(cell ?? []) : [cell];
  return kind === "interval" ? [0, 1, 2].map((part) => String(parts[part] ?? "")) : [guardText(parts.join(""))];
}
