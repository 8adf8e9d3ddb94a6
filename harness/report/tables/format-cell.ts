import { formatProbability } from "../../terminal/numbers.js";
import { type Cell, type CompleteColumn, isMarked } from "./table-data.js";

/** The text of a cell: the same at rest, in the live page, and in a terminal. */
export function formatCell(cell: Cell, { kind, decimals, signed, least }: CompleteColumn): string {
  const number = (value: number) => `${signed && value > 0 ? "+" : ""}${value.toFixed(decimals)}`;
  if (cell === null || kind === "picture") return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") {
    return kind === "probability" ? formatProbability(cell, least, decimals) : number(cell);
  }
  if (isMarked(cell)) return `${number(cell[0])}${cell[1]}`;
  const [value, low, high] = cell.map(number);
  return `${value} [${low}, ${high}]`;
}
