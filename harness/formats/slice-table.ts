import { basename } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readText } from "../files/text.js";
import { findRepeated, listIds } from "./ids.js";
import { listNames } from "./results/fields.js";

/** What somebody says of examples, by which they can be sliced; JSON. */
export interface SliceTable {
  /** The file's name, without folders. */
  readonly name: string;
  /** As the file writes them; none twice. */
  readonly ids: readonly string[];
  /** By the column's name a cell for each id; empty where nothing is said. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

const ID = "id";
const DELIMITERS = [",", ";", "\t"] as const;
const AnyCells = z.record(z.string(), z.string()).describe("a table whose first line names the columns");

/**
 * Reads a table of examples: a column `id`, and any others, separated by commas, semicolons or tabs.
 * @throws SimvlmError `bad-csv`, `wrong-schema` without ids or other columns, or with two of one name, `duplicate-id`,
 *   `empty-file`, and what reading a text throws
 */
export async function readSliceTable(path: string): Promise<SliceTable> {
  const { parseCsv } = await import("../files/csv.js"); // its library is loaded only where it is needed
  const { unguardText } = await import("../files/csv-field.js");
  const text = await readText(path);
  const delimiter = findDelimiter(text);
  let names: readonly string[] = [];
  const rows = parseCsv(text, path, AnyCells, { delimiter, trim: true, onHeader: (found) => (names = found) });
  const idName = requireColumns(names, path);
  if (rows.length === 0) throw new SimvlmError("empty-file", `${path} has no rows below the names of its columns.`);
  const ids = rows.map(({ [idName]: id = "" }, row) => {
    if (id !== "") return id;
    throw new SimvlmError(
      "wrong-schema",
      `${path}, row ${row + 1}: there is no id. Each row says of which example it is.`,
    );
  });
  const repeated = findRepeated(ids.map((id) => ({ id })));
  if (repeated.length > 0) {
    throw new SimvlmError(
      "duplicate-id",
      `${path}: more than one row with id ${listIds(repeated)}. Keep one for each.`,
    );
  }
  const columns = names
    .filter((name) => name !== idName && name !== "") // a table's index has no name
    .map((name) => {
      const cells = rows.map((row) => (Object.hasOwn(row, name) ? unguardText(row[name]!) : ""));
      return [name, writeAsNumbers(cells, delimiter)] as const;
    });
  return { name: basename(path), ids, columns: Object.fromEntries(columns) };
}

/** What parts most names of the first line, quoted ones left out. */
function findDelimiter(text: string): string {
  const head = /\S.*/.exec(text)?.[0].replaceAll(/"[^"]*"/g, "") ?? "";
  const count = (delimiter: string) => head.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** The name of the column of ids. */
function requireColumns(names: readonly string[], path: string): string {
  const refuse = (problem: string) =>
    new SimvlmError("wrong-schema", `${path}: ${problem}. Its first line must name the columns: id, and others.`);
  const [repeated] = findRepeated(names.map((id) => ({ id })));
  if (repeated !== undefined) throw refuse(`two columns are called ${JSON.stringify(repeated)}`);
  // Objects have no field of that name.
  if (names.includes("__proto__")) throw refuse("no column can be called __proto__");
  const idName = names.find((name) => name === ID) ?? names.find((name) => name.toLowerCase() === ID);
  if (idName === undefined) throw refuse(`there is no column id, but ${listNames(names)}`);
  if (names.every((name) => name === idName || name === "")) throw refuse("there is no column beside id");
  return idName;
}

/** Where semicolons part cells, numbers may have commas. */
function writeAsNumbers(cells: readonly string[], delimiter: string): readonly string[] {
  const isNumber = (cell: string) => cell === "" || /^[+-]?\d+(?:,\d+)?$/.test(cell);
  return delimiter === ";" && cells.every(isNumber) ? cells.map((cell) => cell.replace(",", ".")) : cells;
}
