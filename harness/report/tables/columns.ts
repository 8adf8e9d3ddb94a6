import type { RgbImage } from "../../images/rgb-image.js";
import { isBeside, isPictureAddress } from "../picture-address.js";
import type { Column, ColumnKind, CompleteColumn } from "./table-data.js";

/** A cell of kind `interval`. */
export interface IntervalCell {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A cell of kind `figure`. */
export interface FigureCell {
  readonly value: number;
  /** Set after the number, such as "*". */
  readonly mark: string;
}

/** A cell of kind `picture`, which may also be a list of these: a `data:` address, the bytes of a file, or pixels; in a report also the address of a picture beside it. */
export type PictureCell = string | Uint8Array | RgbImage;

/** One row of a table: its cells by key. What each may hold depends on the column's kind, see {@link ColumnKind}. */
export type Row = Readonly<Record<string, unknown>>;

const MOST_CATEGORIES = 12;
const LONGEST_CATEGORY = 32;
const MOST_DIGITS = 4;
const MOST_DECIMALS = 8;

/** Whether a cell is a number with its interval. */
export function isInterval(cell: unknown): cell is IntervalCell {
  return hasNumbers(cell, ["value", "low", "high"]);
}

/** Whether a cell is a number with a mark. */
export function isFigure(cell: unknown): cell is FigureCell {
  return hasNumbers(cell, ["value"]) && typeof (cell as Row).mark === "string";
}

/** Whether a cell is a picture's pixels. */
export function isRgbImage(cell: unknown): cell is RgbImage {
  return hasNumbers(cell, ["width", "height"]) && (cell as Partial<RgbImage>).data instanceof Uint8Array;
}

function hasNumbers(cell: unknown, names: readonly string[]): boolean {
  if (typeof cell !== "object" || cell === null) return false;
  return names.every((name) => typeof (cell as Row)[name] === "number");
}

function isPicture(cell: unknown): boolean {
  if (typeof cell === "string") return isPictureAddress(cell) || isBeside(cell);
  return cell instanceof Uint8Array || isRgbImage(cell);
}

/** The given columns, or one for each key of the rows, all filled in. */
export function completeColumns(rows: readonly Row[], columns?: readonly Column[]): CompleteColumn[] {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  return (columns ?? [...keys].map((key): Column => ({ key }))).map((column) => {
    const cells = rows.map((row) => row[column.key]).filter((cell) => cell !== null && cell !== undefined);
    const kind = column.kind ?? findKind(cells);
    return {
      title: column.key,
      decimals: countDecimals(cells.flatMap(numbersOf)),
      signed: false,
      hint: "",
      ...column,
      kind,
    };
  });
}

const KINDS: readonly [ColumnKind, (cell: unknown) => boolean][] = [
  ["number", (cell) => typeof cell === "number"],
  ["interval", isInterval],
  ["figure", isFigure],
  ["picture", (cell) => (Array.isArray(cell) && cell.length > 0 ? cell.every(isPicture) : isPicture(cell))],
  ["category", (cell) => typeof cell === "boolean"],
];

function findKind(cells: readonly unknown[]): ColumnKind {
  if (cells.length === 0) return "text";
  const fitting = KINDS.find(([, fits]) => cells.every(fits));
  return fitting?.[0] ?? (areCategories(cells) ? "category" : "text");
}

/** Few short texts, which come again. */
function areCategories(cells: readonly unknown[]): boolean {
  const isShort = (cell: unknown) => typeof cell === "string" && cell.length <= LONGEST_CATEGORY;
  if (!cells.every(isShort)) return false;
  const different = new Set(cells).size;
  return different <= MOST_CATEGORIES && 2 * different <= cells.length;
}

function numbersOf(cell: unknown): number[] {
  if (isInterval(cell)) return [cell.value, cell.low, cell.high];
  if (isFigure(cell)) return [cell.value];
  return typeof cell === "number" ? [cell] : [];
}

/** About four digits of the largest number, and no more than its column's numbers have: none after the point of whole ones. */
function countDecimals(numbers: readonly number[]): number {
  const finite = numbers.filter(Number.isFinite);
  const largest = finite.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  if (finite.every(Number.isInteger)) return 0;
  const digits = Math.min(Math.max(MOST_DIGITS - Math.ceil(Math.log10(largest)), 1), MOST_DECIMALS);
  return finite.reduce((most, number) => Math.max(most, Math.min(decimalsOf(number), digits)), 0);
}

function decimalsOf(number: number): number {
  return Number.isInteger(number) ? 0 : (/\.(\d+)$/.exec(String(number))?.[1]?.length ?? Number.POSITIVE_INFINITY);
}
