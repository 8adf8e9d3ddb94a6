import { type Fields, isFields } from "./results/fields.js";

/** A table that was written to JSON as a whole, by pandas' `to_json` or `to_dict` or that of `datasets`. */
export interface Frame {
  /** How it was written, as pandas calls it; `lists` is `to_dict("list")`. */
  readonly orient: "columns" | "index" | "split" | "values" | "lists";
  readonly rows: readonly FrameRow[];
}

/** A row of a {@link Frame}. */
export interface FrameRow {
  readonly fields: Fields;
  /** What the table's index calls it; absent where that only counts the rows. */
  readonly label?: string;
}

/**
 * The rows of a table that pandas wrote in another orientation than `records` and `table`, which are lists of records.
 * @param isNamed whether these could be the names of the columns
 * @param unnamed what the two columns of rows without names are called: an id and a text
 * @returns undefined for any other document
 */
export function readFrame(
  document: unknown,
  isNamed: (names: readonly string[]) => boolean,
  unnamed?: readonly [string, string],
): Frame | undefined {
  if (Array.isArray(document)) return readValues(document, isNamed, unnamed);
  if (!isFields(document)) return undefined;
  const { columns, index, data } = document;
  if (isNames(columns) && Array.isArray(data) && data.every(Array.isArray)) {
    return isNamed(columns) ? frame("split", zip(columns, data), Array.isArray(index) ? index : []) : undefined;
  }
  const names = Object.keys(document);
  const values: readonly unknown[] = Object.values(document);
  if (isNamed(names)) {
    if (isColumns(values)) {
      const labels = Object.keys(values[0]!);
      return frame("columns", zip(names, transpose(values.map((column) => Object.values(column)))), labels);
    }
    if (isLists(values)) return frame("lists", zip(names, transpose(values)), []);
    return undefined;
  }
  const isIndex = names.length > 0 && values.every((value) => isFields(value) && isNamed(Object.keys(value)));
  return isIndex ? frame("index", values as Fields[], names) : undefined;
}

/** Rows of values; the first may have the names. */
function readValues(
  rows: readonly unknown[],
  isNamed: (names: readonly string[]) => boolean,
  unnamed: readonly [string, string] | undefined,
): Frame | undefined {
  const [head, ...rest] = rows;
  if (!rows.every(Array.isArray) || !Array.isArray(head)) return undefined;
  if (isNames(head) && isNamed(head)) return frame("values", zip(head, rest as unknown[][]), []);
  if (!unnamed || !rows.every(({ length }) => length === unnamed.length)) return undefined;
  return frame("values", zip(unnamed, rows), []);
}

function frame(orient: Frame["orient"], records: readonly Fields[], labels: readonly unknown[]): Frame {
  const isCount = labels.every((label, i) => String(label) === String(i));
  const rows = records.map((fields, i) => (isCount ? { fields } : { fields, label: String(labels[i]) }));
  return { orient, rows };
}

function zip(names: readonly string[], rows: readonly (readonly unknown[])[]): Fields[] {
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

function transpose(columns: readonly (readonly unknown[])[]): unknown[][] {
  return columns[0]!.map((_, row) => columns.map((column) => column[row]));
}

/** Columns of values by the labels of their rows, of which all have the same. */
function isColumns(values: readonly unknown[]): values is readonly Fields[] {
  const labels = JSON.stringify(Object.keys(values[0] ?? {}));
  return values.length > 1 && values.every((value) => isFields(value) && JSON.stringify(Object.keys(value)) === labels);
}

/** Columns of equally many values. */
function isLists(values: readonly unknown[]): values is readonly (readonly unknown[])[] {
  const [first] = values;
  return Array.isArray(first) && values.every((value) => Array.isArray(value) && value.length === first.length);
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string");
}
