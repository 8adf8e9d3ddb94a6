import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { splitJson } from "../files/json-pieces.js";
import { openParquet } from "../files/parquet.js";
import { formatCellPlace } from "../files/parquet-cells.js";
import { parseRecord } from "../files/parse-json.js";
import { requireFew } from "../files/record-limit.js";
import { readText } from "../files/text.js";
import { openTextStream, readLinesOf } from "../files/text-stream.js";
import { type DataRecord, type FileShape, isRecord } from "./file-shape.js";
import { readWholeDocument } from "./whole-document.js";

/** A record of a data file, with where it stands, for messages. */
export interface Row {
  readonly fields: DataRecord;
  readonly where: string;
  /** What it is called where an object holds its records by their ids, or a table has an index. */
  readonly key?: string;
}

/** A picture whose bytes lie in the file itself; other pictures are named by texts. */
export class PictureInside {
  readonly place: string;

  /** @param place as `formatCellPlace` writes it */
  constructor(place: string) {
    this.place = place;
  }
}

/**
 * The records of a data file, one at a time, whatever it is built like.
 * @throws SimvlmError `not-json`, `wrong-schema`, `bad-csv`, and what reading the file throws
 */
export function readRows(shape: FileShape): AsyncGenerator<Row> {
  return READERS[shape.kind](shape);
}

const READERS: Readonly<Record<FileShape["kind"], (shape: FileShape) => AsyncGenerator<Row>>> = {
  object: readJsonRows,
  list: readJsonRows,
  lines: readLineRows,
  table: readTableRows,
  parquet: readParquetRows,
  document: readDocumentRows,
  async *text() {},
};

async function* readJsonRows({ path, kind, list }: FileShape): AsyncGenerator<Row> {
  const fault = (problem: string, place = "") =>
    new SimvlmError(
      "not-json",
      `${path}${place === "" ? "" : `: ${place}`}: not JSON: ${problem}. Fetch the file again.`,
    );
  for await (const { key, index, value } of splitJson(await openTextStream(path), fault)) {
    if (value === undefined) continue; // a list begins
    const isWanted =
      kind === "list" || (list === undefined ? index === undefined : key === list && index !== undefined);
    if (!isWanted) continue;
    const where = `${path}: ${key ?? ""}${index === undefined ? "" : `[${index}]`}`;
    if (isRecord(value)) yield { fields: value, where, ...(index === undefined && key !== undefined && { key }) };
    else if (index !== undefined) throw noRecord(where);
  }
}

const AnyRecord = z.record(z.string(), z.unknown()).describe("JSON lines, an object on each");

async function* readLineRows({ path }: FileShape): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of readLinesOf(await openTextStream(path), path)) {
    number++;
    if (line.trim() === "") continue;
    requireFew(number, path, "lines");
    const where = `${path}, line ${number}`;
    yield { fields: parseRecord(line, AnyRecord, where), where };
  }
}

const AnyCells = z.record(z.string(), z.string()).describe("a table whose first line names the columns");

async function* readTableRows({ path, delimiter = "," }: FileShape): AsyncGenerator<Row> {
  const { parseCsv } = await import("../files/csv.js"); // its library is loaded only where it is needed
  const rows = parseCsv(await readText(path), path, AnyCells, { delimiter, trim: true });
  for (const [index, fields] of rows.entries()) yield { fields, where: `${path}, row ${index + 1}` };
}

async function* readDocumentRows({ path }: FileShape): AsyncGenerator<Row> {
  for (const { fields, place, key } of (await readWholeDocument(path)) ?? []) {
    yield { fields, where: `${path}: ${place}`, ...(key !== undefined && { key }) };
  }
}

async function* readParquetRows({ path }: FileShape): AsyncGenerator<Row> {
  const table = await openParquet(path);
  requireFew(table.length, path, "rows");
  const { pictures } = table;
  let row = 0;
  for await (const texts of table.rows(table.columns.filter((name) => !pictures.includes(name)))) {
    const inside = pictures.map(
      (column) => [column, new PictureInside(formatCellPlace({ path, column, row }))] as const,
    );
    yield { fields: { ...texts, ...Object.fromEntries(inside) }, where: `${path}, row ${row}` };
    row++;
  }
}

function noRecord(where: string): SimvlmError {
  return new SimvlmError("wrong-schema", `${where}: expected an object with named fields.`);
}
