import { SimvlmError } from "@simvlm/metrics";
import {
  type Column,
  type CompleteColumn,
  completeColumns,
  isFigure,
  isInterval,
  isPictureAddress,
  isRgbImage,
  type PictureCell,
  type Row,
} from "./columns.js";
import { thumbnail } from "./thumbnails.js";

/** A cell as JSON: a text, a number, [value, mark] of a figure, [value, low, high], or places among the pictures. */
export type Cell = string | number | null | readonly [number, string] | readonly number[];

/** A table as it goes into a page. */
export interface TableData {
  readonly columns: readonly CompleteColumn[];
  /** A cell a column. */
  readonly rows: readonly (readonly Cell[])[];
  /** Addresses that hold the pictures, each once. */
  readonly pictures: readonly string[];
}

/** @throws SimvlmError `bad-cell` where a cell is not of its column's kind, `broken-image` */
export async function prepareTable(rows: readonly Row[], given?: readonly Column[]): Promise<TableData> {
  const columns = completeColumns(rows, given);
  const pictures = new Map<string, number>();
  const prepared: Cell[][] = [];
  for (const [i, row] of rows.entries()) {
    const cells: Cell[] = [];
    for (const column of columns) {
      const cell = row[column.key];
      cells.push(column.kind === "picture" ? await keepPictures(cell, pictures) : prepareCell(cell, column, i));
    }
    prepared.push(cells);
  }
  return { columns, rows: prepared, pictures: [...pictures.keys()] };
}

function prepareCell(cell: unknown, { kind, key }: CompleteColumn, row: number): Cell {
  if (cell === null || cell === undefined) return null;
  if (kind === "text" || kind === "category") return toText(cell);
  if (kind === "interval") {
    if (isInterval(cell)) return [cell.value, cell.low, cell.high];
  } else if (kind === "figure") {
    if (isFigure(cell)) return [cell.value, cell.mark];
  } else if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  throw new SimvlmError("bad-cell", `Row ${row + 1} has ${toText(cell)} in the column "${key}", which is no ${kind}.`);
}

/** Any value in a line; long lists of numbers and the like are as JSON writes them. */
function toText(value: unknown): string {
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value) ?? "";
}

async function keepPictures(cell: unknown, pictures: Map<string, number>): Promise<readonly number[]> {
  const list = Array.isArray(cell) ? cell : [cell];
  const places: number[] = [];
  for (const picture of list) {
    const address = await addressOf(picture as PictureCell | null | undefined);
    if (address === undefined) continue;
    const place = pictures.get(address) ?? pictures.size;
    pictures.set(address, place);
    places.push(place);
  }
  return places;
}

/** None for what is no picture: an address that would be fetched, say. */
async function addressOf(picture: PictureCell | null | undefined): Promise<string | undefined> {
  if (typeof picture === "string") return isPictureAddress(picture) ? picture : undefined;
  return picture instanceof Uint8Array || isRgbImage(picture) ? thumbnail(picture) : undefined;
}

const SMALLEST_PROBABILITY = 0.0001;

/** A cell as text, the same as in the page (assets/browser/table-cells.js). */
export function formatCell(cell: Cell, { kind, decimals, signed }: CompleteColumn): string {
  const number = (value: number) => `${signed && value > 0 ? "+" : ""}${value.toFixed(decimals)}`;
  if (cell === null || kind === "picture") return "";
  if (kind === "probability" && (cell as number) < SMALLEST_PROBABILITY) return "< 0.0001";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return number(cell);
  if (kind === "figure") return `${number(cell[0] as number)}${cell[1]}`;
  const [value, low, high] = (cell as number[]).map(number);
  return `${value} [${low}, ${high}]`;
}
