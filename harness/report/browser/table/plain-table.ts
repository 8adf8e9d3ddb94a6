import { formatCell } from "../../tables/format-cell.js";
import { classOf, nameRow, type TableJson } from "../../tables/table-data.js";
import { element } from "../element.js";
import { renderCell } from "./render-cell.js";

/** All rows as a table of HTML, for paper: nothing is filtered, folded or cut. */
export function createPlainTable({ columns, rows }: TableJson, pictures: readonly string[]): HTMLTableElement {
  const head = columns.map(({ kind, title }) => element("th", { class: classOf(kind), scope: "col" }, title));
  const lines = rows.map((row, at) => {
    const cells = columns.map((column, i) => {
      const cell = row[i] ?? null;
      const shown =
        column.kind === "picture"
          ? renderCell(cell, column, pictures, nameRow(columns, row, at))
          : formatCell(cell, column);
      return element("td", { class: classOf(column.kind) }, shown);
    });
    return element("tr", {}, ...cells);
  });
  const shape = { style: `--columns: ${columns.length}`, class: isRoomy({ columns, rows }) ? "roomy" : "" };
  return element("table", shape, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines));
}

/** Characters that an A4 page has beside each other, and those that a column of texts needs at least. */
const [ACROSS, TEXT, PICTURE, GAP] = [82, 16, 12, 2];

/** Whether numbers with their intervals can stand in one line each. */
function isRoomy({ columns, rows }: Pick<TableJson, "columns" | "rows">): boolean {
  const widths = columns.map((column, i) => {
    if (column.kind === "picture") return PICTURE;
    const longest = Math.max(
      longestOf(column.title.split(" ")),
      longestOf(rows.map((row) => formatCell(row[i] ?? null, column))),
    );
    return GAP + (column.kind === "text" ? Math.min(longest, TEXT) : longest);
  });
  return widths.reduce((sum, width) => sum + width, 0) <= ACROSS;
}

function longestOf(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
