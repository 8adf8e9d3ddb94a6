import { alignmentsOf, type Table } from "./tables.js";
import { displayWidth, piecesOf } from "./text-width.js";

/** Some of a table's columns, and how wide each is drawn. */
export interface FittedColumns {
  readonly columns: readonly number[];
  readonly widths: readonly number[];
}

/** Into what a column's texts may be broken, and how many places it is left with where that is longer. */
interface Breaking {
  readonly into: (text: string) => readonly string[];
  readonly narrowest: number;
}

const INTO_WORDS: Breaking = { into: (text) => text.split(/[ \n]/), narrowest: 12 };
/** Where the table would otherwise have to be split. */
const INTO_PIECES: Breaking = { into: (text) => INTO_WORDS.into(text).flatMap(piecesOf), narrowest: 12 };
/** Where even the parts of a table would be too wide. */
const ANYHOW: Breaking = { into: INTO_WORDS.into, narrowest: 6 };
/** Places that a column takes beside its text: a bar and two spaces; one more bar ends the line. */
const FRAME = 3;
/** Of the room in a line for labels that are wrapped, where the table is then split into fewer parts. */
const KEY_SHARE = 0.4;

/** How wide a column is with its lines as they are, and how narrow it may be. */
interface Column {
  readonly natural: number;
  readonly least: number;
  readonly isText: boolean;
}

/**
 * A table's columns as they fit into lines of `width` places: as wide as they are, else with texts and headings wrapped,
 * else in several tables that all begin with the columns that say what a row is of. Numbers are never broken: a width
 * that is too small for them is overrun.
 */
export function fitTable(table: Table, width: number): FittedColumns[] {
  const breakBy = (how: Breaking) => split(measureColumns(table, how), width);
  const [whole, narrow] = [breakBy(INTO_WORDS), breakBy(INTO_PIECES)];
  const isFitting = ({ widths }: FittedColumns) => widths.reduce((sum, own) => sum + own + FRAME, 1) <= width;
  if (whole.length > 1 && narrow.length === 1) return narrow;
  return whole.every(isFitting) ? whole : breakBy(ANYHOW);
}

function split(columns: readonly Column[], width: number): FittedColumns[] {
  const places = [...columns.keys()];
  if (sumOf(columns, "least") <= width) return [fit(columns, places, width)];
  const keys = places.slice(
    0,
    Math.max(
      1,
      places.findIndex((i) => !columns[i]!.isText),
    ),
  );
  const room = width - FRAME * keys.length - 1;
  const [wide, narrow] = [1, KEY_SHARE].map((share) => group(columns, keys, room, share)) as [number[][], number[][]];
  const groups = narrow.length < wide.length ? narrow : wide;
  return groups.map((group) => fit(columns, [...keys, ...group], width));
}

/** Of `room` the columns that come again in each part take no more than a share, where their words are not longer. */
function group(columns: readonly Column[], keys: readonly number[], room: number, share: number): number[][] {
  const own = (i: number, kind: "natural" | "least") => columns[i]![kind] + FRAME;
  const keyWidth = (kind: "natural" | "least") => keys.reduce((sum, i) => sum + columns[i]![kind], 0);
  const groups: number[][] = [[]];
  let used = 0;
  for (const i of [...columns.keys()].slice(keys.length)) {
    const most = Math.min(share * room, room - own(i, "natural"));
    const keysHere = Math.min(keyWidth("natural"), Math.max(keyWidth("least"), most));
    const size = own(i, "natural") + keysHere > room ? own(i, "least") : own(i, "natural");
    if (groups.at(-1)!.length > 0 && used + size + keysHere > room) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)!.push(i);
    used += size;
  }
  return groups;
}

function measureColumns(table: Table, { into, narrowest }: Breaking): Column[] {
  const { head, rows } = table;
  const alignments = alignmentsOf(table);
  return head.map((title, i) => {
    const isText = alignments[i] === "left";
    const cells = rows.map((row) => row[i] ?? "");
    const natural = widest([title, ...cells].flatMap((cell) => cell.split("\n")));
    const words = [title, ...cells].flatMap(INTO_WORDS.into);
    const pieces = [title, ...cells].flatMap(into);
    const numbers = words.filter((word) => /^[+-]?[\d.,]+$/.test(word));
    const least = isText ? Math.max(Math.min(widest(pieces), narrowest), widest(numbers)) : widest(words);
    return { natural, least: Math.max(1, least), isText };
  });
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}

function sumOf(columns: readonly Column[], kind: "natural" | "least"): number {
  return columns.reduce((sum, column) => sum + column[kind] + FRAME, 1);
}

/** Numbers get the room that they want before texts do; texts share what is left. */
function fit(all: readonly Column[], places: readonly number[], width: number): FittedColumns {
  const columns = places.map((i) => all[i]!);
  const widths = columns.map(({ least }) => least);
  let left = width - sumOf(columns, "least");
  const missing = (k: number) => columns[k]!.natural - widths[k]!;
  const order = [...columns.keys()].sort((a, b) => missing(a) - missing(b));
  for (const k of order.filter((k) => !columns[k]!.isText)) {
    if (missing(k) > left) continue;
    left -= missing(k);
    widths[k] = columns[k]!.natural;
  }
  const texts = order.filter((k) => columns[k]!.isText);
  for (const [n, k] of texts.entries()) {
    const share = Math.max(0, Math.min(missing(k), Math.floor(left / (texts.length - n))));
    widths[k]! += share;
    left -= share;
  }
  return { columns: places, widths };
}
