import type { ExampleTable } from "../../examples/example-table.js";
import { element } from "../element.js";
import { renderCell } from "../table/render-cell.js";
import { drawChanges } from "./draw-changes.js";
import { compareWords } from "./word-changes.js";

/** Draws the cells of the table: answers of the others mark the words that the first run does not say. */
export function cellDrawer({ columns, rows, ids }: ExampleTable, pictures: readonly string[]) {
  const baseline = columns.findIndex(({ shows, run }) => shows === "answer" && run === 0);
  return (place: number, row: number): HTMLElement => {
    const column = columns[place]!;
    const cell = rows[row]![place] ?? null;
    if (column.shows !== "answer") return renderCell(cell, column, pictures, ids[row]!);
    if (cell === null) return element("span", { class: "failed" }, "no answer");
    const first = rows[row]![baseline] ?? null;
    if (column.run === 0 || first === null) return element("span", {}, String(cell));
    const changes = compareWords(String(first), String(cell));
    return element("span", {}, ...drawChanges(changes.filter(({ kind }) => kind !== "removed")));
  };
}
