import { formatCell } from "../../tables/format-cell.js";
import { type Cell, type CompleteColumn, classOf, type TableJson } from "../../tables/table-data.js";

/** How a table is printed: in one part or several, each of which begins with the columns that say what a row is. */
export interface PaperTable {
  /** Of the letters, in points. */
  readonly size: number;
  /** The places of each part's columns. */
  readonly parts: readonly (readonly number[])[];
}

/** Letters of 9 points that an A4 page has beside each other. */
const ACROSS = 88;
const LARGEST = 9;
/** Sizes that can still be read, the largest first. */
const SIZES = [9, 8, 7, 6.5] as const;
/** Of tables that have to be split anyhow. */
const SPLIT_SIZE = 8;
/** Of a line, for the columns that come again in each part, and how many these may be. */
const KEY_SHARE = 0.4;
const MOST_KEYS = 3;
const GAP = 2;
const PICTURE = 10;
const [NARROWEST_TEXT, WIDEST_WORD] = [8, 16];

/** Finds the largest letters with which the table fits between the margins of a page, or splits it. */
export function splitForPaper({ columns, rows }: Pick<TableJson, "columns" | "rows">): PaperTable {
  const widths = columns.map((column, i) => {
    const cells = rows.map((row) => row[i] ?? null);
    return GAP + Math.max(Math.min(longestOf(column.title.split(" ")), WIDEST_WORD), measure(column, cells));
  });
  const all = [...columns.keys()];
  const size = SIZES.find((size) => sumOf(all, widths) <= roomOf(size));
  if (size !== undefined) return { size, parts: [all] };
  const room = roomOf(SPLIT_SIZE);
  const keys = listKeys(columns, widths, KEY_SHARE * room);
  const others = all.slice(keys.length);
  const parts = distribute(others, widths, room - sumOf(keys, widths));
  return { size: SPLIT_SIZE, parts: parts.map((part) => [...keys, ...part]) };
}

/** Whether a text does not fit beside the others as it is: a category in one line, another with its words whole. */
export function isTooLong(text: string, { kind }: Pick<CompleteColumn, "kind">): boolean {
  return longestOf(kind === "category" ? [text] : text.split(/\s+/)) > WIDEST_WORD;
}

function roomOf(size: number): number {
  return (ACROSS * LARGEST) / size;
}

/** The narrowest that a column may be: intervals stand below their numbers, texts are broken between words. */
function measure(column: CompleteColumn, cells: readonly Cell[]): number {
  if (column.kind === "picture") return PICTURE;
  const texts = cells.map((cell) => formatCell(cell, column));
  if (column.kind === "interval") return longestOf(texts.flatMap((text) => text.split(/ (?=\[)/)));
  if (column.kind === "category") return Math.min(longestOf(texts), WIDEST_WORD);
  if (column.kind !== "text") return longestOf(texts);
  const word = Math.min(longestOf(texts.flatMap((text) => text.split(/\s+/))), WIDEST_WORD);
  return Math.min(longestOf(texts), Math.max(word, NARROWEST_TEXT));
}

function listKeys(columns: readonly CompleteColumn[], widths: readonly number[], room: number): number[] {
  const keys: number[] = [];
  for (const [i, { kind }] of columns.entries()) {
    const isFitting = classOf(kind) !== "number" && keys.length < MOST_KEYS && sumOf([...keys, i], widths) <= room;
    if (i > 0 && !isFitting) break;
    keys.push(i);
  }
  return keys;
}

/** As few parts as have room, filled as evenly as can be. */
function distribute(places: readonly number[], widths: readonly number[], room: number): number[][] {
  const fewest = fill(places, widths, room).length;
  const even = sumOf(places, widths) / fewest;
  for (let limit = Math.ceil(even); limit < room; limit++) {
    const parts = fill(places, widths, limit);
    if (parts.length === fewest) return parts;
  }
  return fill(places, widths, room);
}

function fill(places: readonly number[], widths: readonly number[], room: number): number[][] {
  const parts: number[][] = [[]];
  for (const place of places) {
    const part = parts.at(-1)!;
    if (part.length > 0 && sumOf([...part, place], widths) > room) parts.push([place]);
    else part.push(place);
  }
  return parts;
}

function sumOf(places: readonly number[], widths: readonly number[]): number {
  return places.reduce((sum, place) => sum + widths[place]!, 0);
}

function longestOf(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
