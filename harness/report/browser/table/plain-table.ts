import { formatCell } from "../../tables/format-cell.js";
import { type Cell, type CompleteColumn, classOf, nameRow, type TableJson } from "../../tables/table-data.js";
import { element } from "../element.js";
import { renderCell } from "./render-cell.js";
import { isTooLong, splitForPaper } from "./split-for-paper.js";

/**
 * All rows as tables of HTML, for paper: nothing is filtered, folded or cut. Columns that have no room beside each other
 * stand in tables one below the other.
 */
export function createPlainTables(data: TableJson, pictures: readonly string[]): HTMLTableElement[] {
  const { size, parts } = splitForPaper(data);
  return parts.map((places) => createPart(data, places, size, pictures));
}

function createPart(
  { columns, rows }: TableJson,
  places: readonly number[],
  size: number,
  pictures: readonly string[],
): HTMLTableElement {
  const head = places.map((i) => {
    const { kind, title } = columns[i]!;
    return element("th", { class: isTooLong(title, { kind: "text" }) ? "long" : classOf(kind), scope: "col" }, title);
  });
  const lines = rows.map((row, at) => {
    const cells = places.map((i) => {
      const column = columns[i]!;
      const cell = row[i] ?? null;
      const shown =
        column.kind === "picture"
          ? renderCell(cell, column, pictures, nameRow(columns, row, at))
          : formatWhole(cell, column);
      return element("td", { class: classFor(shown, column) }, shown);
    });
    return element("tr", {}, ...cells);
  });
  return element(
    "table",
    { style: `--size: ${size}pt` },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...lines),
  );
}

function classFor(shown: string | Node, { kind }: CompleteColumn): string {
  const isLong = typeof shown === "string" && classOf(kind) !== "number" && isTooLong(shown, { kind });
  return isLong ? `${classOf(kind)} long` : classOf(kind);
}

/** A cell's text, whose interval is broken off its number but never in itself. */
function formatWhole(cell: Cell, column: CompleteColumn): string {
  const text = formatCell(cell, column);
  return column.kind === "interval" || column.kind === "probability" ? text.replace(/(?<=[,<]) /, "\u00a0") : text;
}
