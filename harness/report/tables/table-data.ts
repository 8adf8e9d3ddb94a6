/*
 * A table as the server writes it into a page as JSON, and as the page's script reads it. Nothing here needs Node.js or a
 * browser.
 */

/**
 * What a column holds, which decides how it is aligned, sorted and filtered: `text` by words in it, `category` by
 * choosing from a list, numbers by a range. A `probability` prints small values as "< 0.0001"; a `figure` is a number
 * with a mark, an `interval` a number with its bounds.
 */
export type ColumnKind = "text" | "category" | "number" | "figure" | "interval" | "probability" | "picture";

/** A column as a caller asks for it. */
export interface Column {
  /** The key of its cells in the rows. */
  readonly key: string;
  /** The heading; default the key. */
  readonly title?: string;
  /** Default: the kind that fits all of its cells. */
  readonly kind?: ColumnKind;
  /** Digits after the decimal point, the same in all of its cells; default as many as the largest number needs. */
  readonly decimals?: number;
  /** Whether numbers above zero have a plus sign. */
  readonly signed?: boolean;
  /** Of a `probability`: the smallest that resamples can tell, of which no more is said than that it is less. */
  readonly least?: number;
  /** What the title means, for those who point at it. */
  readonly hint?: string;
}

/** A column with everything filled in. */
export type CompleteColumn = Required<Omit<Column, "least">> & Pick<Column, "least">;

/** The value and the mark of a cell of kind `figure`. */
export type MarkedValue = readonly [value: number, mark: string];

/** A cell as JSON: a text, a number, a number with its mark, `[value, low, high]`, or places among the pictures. */
export type Cell = string | number | null | MarkedValue | readonly number[];

/** The columns, rows and pictures of a table. */
export interface TableData {
  readonly columns: readonly CompleteColumn[];
  /** One cell for each column. */
  readonly rows: readonly (readonly Cell[])[];
  /** Addresses that hold the pictures, each once. */
  readonly pictures: readonly string[];
}

/** The JSON of a table's element in a page. */
export interface TableJson extends Omit<TableData, "pictures"> {
  /** 0 for a picture that the static table shows: its address stands there, and not here once more. */
  readonly pictures: readonly (string | 0)[];
  /** The heading of the table, and the name of its download. */
  readonly title: string;
  /** The height, in pixels, of the box that longer tables scroll in. */
  readonly height: number;
}

/** The class of a column's cells: whatever holds numbers is aligned to the right, in digits of one width. */
export function classOf(kind: ColumnKind): "number" | "text" | "category" | "picture" {
  return kind === "figure" || kind === "interval" || kind === "probability" ? "number" : kind;
}

/** Whether a cell of several parts is a figure with its mark. */
export function isMarked(parts: MarkedValue | readonly number[]): parts is MarkedValue {
  return typeof parts[1] === "string";
}

/** The places of a cell's pictures among the table's; none for a cell without pictures. */
export function placesOf(cell: Cell): readonly number[] {
  return typeof cell === "object" && cell !== null && !isMarked(cell) ? cell : [];
}

/** What a row is called beside its pictures: its id, or its place. */
export function nameRow(columns: readonly Pick<Column, "key">[], cells: readonly Cell[], place: number): string {
  const id = cells[columns.findIndex(({ key }) => key === "id")];
  return typeof id === "string" || typeof id === "number" ? String(id) : `row ${place + 1}`;
}

/** Of numbers in the page, which sorts, filters and downloads them: more than columns show, and half of their length. */
const DIGITS = 8;

/** A cell as the page has it. */
export function shortenCell(cell: Cell): Cell {
  if (typeof cell === "number") return shortenNumber(cell);
  if (typeof cell !== "object" || cell === null) return cell;
  return isMarked(cell) ? [shortenNumber(cell[0]), cell[1]] : cell.map(shortenNumber);
}

/** A number as the page has it. */
export function shortenNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}
