import { formatCell } from "../../tables/format-cell.js";
import { type Cell, type CompleteColumn, placesOf } from "../../tables/table-data.js";
import { element } from "../element.js";

/** What a cell is sorted and filtered by: the value, where it has further parts. */
export function keyOf(cell: Cell): string | number | null {
  return typeof cell === "object" && cell !== null ? (cell[0] ?? null) : cell;
}

/** Numbers in texts by their size: "image 9" before "image 10". */
const collator = new Intl.Collator("en", { numeric: true });

/** The order of two cells. Those without a value stand last, whichever way the others are sorted. */
export function compareCells(a: Cell, b: Cell, direction: "asc" | "desc"): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  if (first === null || second === null) {
    if (first === second) return 0;
    return (first === null ? 1 : -1) * (direction === "desc" ? -1 : 1);
  }
  if (typeof first === "number" && typeof second === "number") return first - second;
  return collator.compare(String(first), String(second));
}

/**
 * A cell's content as an element.
 * @param row what its row is called
 */
export function renderCell(cell: Cell, column: CompleteColumn, pictures: readonly string[], row: string): HTMLElement {
  if (column.kind !== "picture") return element("span", {}, formatCell(cell, column));
  const images = placesOf(cell).map((place) =>
    element("img", { src: pictures[place]!, alt: `${column.title} of ${row}` }),
  );
  return element("span", { class: "pictures" }, ...images);
}
