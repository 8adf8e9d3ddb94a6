import { SimvlmError } from "@simvlm/metrics";
import { isBeside, isPictureAddress } from "../picture-address.js";
import { completeColumns, isFigure, isInterval, isRgbImage, type PictureCell, type Row } from "./columns.js";
import type { Cell, Column, CompleteColumn, TableData } from "./table-data.js";
import { thumbnail } from "./thumbnails.js";

/**
 * Turns rows into JSON, in the given columns or one for each key.
 * @throws SimvlmError `bad-cell` when a cell is not of its column's kind, `broken-image`
 */
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
  if (typeof picture === "string") return isPictureAddress(picture) || isBeside(picture) ? picture : undefined;
  return picture instanceof Uint8Array || isRgbImage(picture) ? thumbnail(picture) : undefined;
}
