import { z } from "zod";
import { type JsonPiece, splitJson } from "../files/json-pieces.js";
import { openParquet } from "../files/parquet.js";
import { parseRecord } from "../files/parse-json.js";
import { openTextStream } from "../files/text-stream.js";
import { refuseContainer } from "./results/container.js";
import { EXAMPLE_FIELDS, isPictureId, readWholeDocument } from "./whole-document.js";

/** A record of a data file: fields by name. */
export type DataRecord = Readonly<Record<string, unknown>>;

/**
 * How a data file is built, as far as its beginning shows: JSON (an `object`, a `list`, or `lines` of objects), a `table`
 * of comma- or tab-separated columns, Parquet, a JSON `document` that shows its form only as a whole (see
 * {@link readWholeDocument}), or a `text` of another kind.
 */
export interface FileShape {
  readonly path: string;
  readonly kind: "object" | "list" | "lines" | "table" | "parquet" | "document" | "text";
  /** Of a JSON object: the fields that were seen. Of a text: its first line. */
  readonly keys: readonly string[];
  /** Of a JSON object: the field whose list holds the records; absent where each field is a record, as in GQA. */
  readonly list?: string;
  /** The first record; of a table and of Parquet the columns, without values. */
  readonly record: DataRecord;
  /** What separates a table's columns. */
  readonly delimiter?: string;
  /** Why it is no JSON, although it begins as JSON does and has no records. */
  readonly fault?: string;
  /** Of a kind of file that is not read, an Excel workbook say: which, and what can be done. */
  readonly refusal?: string;
}

/** The lists that hold a data set's records, whatever else stands in the file. */
const RECORD_LISTS = new Set(["images", "annotations", "questions", "data", "rows", "examples", "samples", "results"]);
/** In bytes: the beginning that is looked at. */
const HEAD = 1 << 20;
const DELIMITERS = ["\t", ",", "|", ";"] as const;
const COLUMN_NAME = /^[\w .()/-]{1,60}$/;

/** A file's beginning. */
interface Head {
  readonly path: string;
  readonly bytes: Buffer;
  /** Whether it is all of the file. */
  readonly isWhole: boolean;
}

/**
 * Looks at how a file is built, without reading more than its beginning.
 * @throws SimvlmError what opening a file and reading Parquet throw
 */
export async function readShape(path: string): Promise<FileShape> {
  const head = await readHead(path);
  if (head.bytes.toString("latin1", 0, PARQUET.length) === PARQUET) {
    const { columns } = await openParquet(path);
    return { path, kind: "parquet", keys: [], record: withoutValues(columns) };
  }
  const line = /\S.*/.exec(head.bytes.toString("utf8"))?.[0].trimEnd() ?? "";
  if (line.startsWith("[")) return readDocumentShape(await readListShape(head));
  if (line.startsWith("{")) return readLinesShape(head, line) ?? readDocumentShape(await readObjectShape(head));
  const table = readTableShape(path, line);
  if (table) return table;
  const refusal = refuseContainer(head.bytes.toString("latin1", 0, PARQUET.length * 2));
  return { path, kind: "text", keys: [line.slice(0, 1000)], record: {}, ...(refusal !== undefined && { refusal }) };
}

const PARQUET = "PAR1";

async function readHead(path: string): Promise<Head> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await openTextStream(path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > HEAD) break;
  }
  return { path, bytes: Buffer.concat(chunks), isWhole: length <= HEAD };
}

function withoutValues(names: readonly string[]): DataRecord {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** Whether the records have all of the fields. */
export function hasFields({ record }: FileShape, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(record, name));
}

/** Whether the records have any of the fields. */
export function hasAnyField({ record }: FileShape, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(record, name));
}

/** A shape in words, for messages: `a JSON list of records with id and text`. */
export function describeShape({ kind, keys, list, record }: FileShape): string {
  const fields = Object.keys(record).slice(0, MOST_NAMED);
  const records = fields.length === 0 ? "no records" : `records with ${fields.join(", ")}`;
  if (kind === "object") {
    if (list === undefined && fields.length > 0) return `a JSON object of ${records} by their ids`;
    return `a JSON object with ${keys.slice(0, MOST_NAMED).join(", ") || "no fields"}${list === undefined ? "" : `; ${list}: ${records}`}`;
  }
  if (kind === "list") return `a JSON list of ${records}`;
  if (kind === "document") return `a JSON table or object of ${records}`;
  if (kind === "lines") return `JSON lines: ${records}`;
  if (kind === "table") return `a table with the columns ${fields.join(", ")}`;
  return kind === "parquet"
    ? `Parquet with the columns ${fields.join(", ")}`
    : "not JSON, and neither a table nor Parquet";
}

const MOST_NAMED = 12;

async function readListShape(head: Head): Promise<FileShape> {
  const { pieces, fault } = await takeApart(head);
  const record = pieces.find(({ value }) => isRecord(value))?.value as DataRecord | undefined;
  return { path: head.path, kind: "list", keys: [], record: record ?? {}, ...(!record && fault) };
}

/** The shape itself, unless it shows no record that is one of many. */
async function readDocumentShape(shape: FileShape): Promise<FileShape> {
  const { path, kind, list, record, fault } = shape;
  const hasRecords = kind === "object" && list !== undefined ? !isPictureId(list) : Object.keys(record).length > 0;
  if (fault !== undefined || hasRecords) return shape;
  const rows = await readWholeDocument(path);
  const [first] = rows ?? [];
  return first ? { path, kind: "document", keys: [], record: first.fields } : shape;
}

/** Undefined for what is one object, over one line or several. */
function readLinesShape({ path, bytes }: Head, line: string): FileShape | undefined {
  const record = parseLine(line, path);
  if (!record) return undefined;
  const isRecordList = (value: unknown) =>
    isRecord(value) || (Array.isArray(value) && (value.length === 0 || isRecord(value[0])));
  const hasMore = bytes.toString("utf8").trim().length > line.length;
  if (!hasMore && Object.values(record).some(isRecordList)) return undefined;
  if (!hasMore && Object.values(record).every(Array.isArray)) return undefined;
  if (!hasMore && Object.keys(record).every(isPictureId)) return undefined;
  return { path, kind: "lines", keys: [], record };
}

const AnyRecord = z.record(z.string(), z.unknown()).describe("an object");

function parseLine(line: string, path: string): DataRecord | undefined {
  try {
    return parseRecord(line, AnyRecord, path);
  } catch {
    return undefined; // an object over several lines
  }
}

async function readObjectShape(head: Head): Promise<FileShape> {
  const { pieces, fault } = await takeApart(head);
  const keys = [...new Set(pieces.map(({ key = "" }) => key))];
  const records = pieces.filter(({ value }) => isRecord(value));
  const found =
    records.find(({ key = "", index, value }) =>
      index === undefined ? isExample(value as DataRecord) : RECORD_LISTS.has(key),
    ) ?? records.find(({ index }) => index !== undefined);
  const { path } = head;
  if (!found) return { path, kind: "object", keys, record: {}, ...fault };
  const { key, index, value } = found;
  const list = index === undefined || key === undefined ? {} : { list: key };
  return { path, kind: "object", keys, record: value as DataRecord, ...list };
}

/** Whether an object that is a field of another is an example rather than some `info`. */
function isExample(value: DataRecord): boolean {
  return EXAMPLE_FIELDS.some((name) => Object.hasOwn(value, name));
}

function readTableShape(path: string, line: string): FileShape | undefined {
  const delimiter = DELIMITERS.find((one) => line.includes(one));
  if (delimiter === undefined) return undefined;
  const names = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  if (!names.every((name) => COLUMN_NAME.test(name)) || new Set(names).size < names.length) return undefined;
  return {
    path,
    kind: "table",
    keys: [],
    delimiter,
    record: withoutValues(names),
  };
}

/** The pieces of JSON as far as the beginning goes, and what is wrong with it if that is all of the file. */
async function takeApart({ bytes, isWhole }: Head): Promise<{ pieces: JsonPiece[]; fault?: Pick<FileShape, "fault"> }> {
  const pieces: JsonPiece[] = [];
  let found = "";
  const stop = new Error();
  try {
    for await (const piece of splitJson(once(bytes), (problem, place = "") => {
      found = `${place === "" ? "" : `${place}: `}${problem}`;
      return stop;
    }))
      pieces.push(piece);
  } catch (error) {
    if (error !== stop) throw error;
  }
  return { pieces, ...(isWhole && found !== "" && { fault: { fault: found } }) };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is DataRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
