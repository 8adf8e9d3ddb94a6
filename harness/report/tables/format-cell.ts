import { type Cell, type CompleteColumn, isMarked } from "./table-data.js";

const SMALLEST_PROBABILITY = 0.0001;

/** The text of a cell: the same at rest, in the live page, and in a terminal. */
export function formatCell(cell: Cell, { kind, decimals, signed }: CompleteColumn): string {
  const number = (value: number) => `${signed && value > 0 ? "+" : ""}${value.toFixed(decimals)}`;
  if (cell === null || kind === "picture") return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") {
    return kind === "probability" && cell < SMALLEST_PROBABILITY ? "< 0.0001" : number(cell);
  }
  if (isMarked(cell)) return `${number(cell[0])}${cell[1]}`;
  const [value, low, high] = cell.map(number);
  return `${value} [${low}, ${high}]`;
}
