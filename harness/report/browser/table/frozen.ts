import { formatCell } from "../../tables/format-cell.js";
import { classOf, type TableJson } from "../../tables/table-data.js";

/** How much of the table's width may stay while the rest is moved. */
const MOST_SHARE = 0.55;
const MOST_COLUMNS = 3;
const CHARACTER = 7.6;
const PADDING = 34;
const PICTURE = 110;
const [NARROWEST, WIDEST] = [70, 260];

/** How many columns at the beginning stay in sight: those that say what a row is about, as far as there is room. */
export function countFrozen({ columns, rows }: TableJson, width: number): number {
  let [count, taken] = [0, 0];
  for (const [i, column] of columns.entries()) {
    if (classOf(column.kind) === "number" || count === MOST_COLUMNS) break;
    const longest = rows.reduce(
      (most, row) => Math.max(most, formatCell(row[i] ?? null, column).length),
      column.title.length,
    );
    const own = Math.min(Math.max(CHARACTER * longest + PADDING, NARROWEST), WIDEST);
    taken += column.kind === "picture" ? PICTURE : own;
    if (taken > MOST_SHARE * width) break;
    count++;
  }
  return count < columns.length ? count : 0;
}
