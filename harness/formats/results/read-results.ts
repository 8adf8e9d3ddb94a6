import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { splitJson } from "../../files/json-pieces.js";
import { readFirstLine } from "../../files/json-stream.js";
import { splitLines } from "../../files/lines.js";
import { openParquet } from "../../files/parquet.js";
import { parseJson, parseRecord } from "../../files/parse-json.js";
import { requireFewLines } from "../../files/record-limit.js";
import { readShortText, tooLong } from "../../files/text.js";
import { openTextStream, readLinesOf } from "../../files/text-stream.js";
import type { FrameRow } from "../frame.js";
import { type Result, ResultsCollector } from "./collector.js";
import { columnsToRead, hasColumns } from "./columns.js";
import { recognizeContainer } from "./container.js";
import { describeValue, findNames, isFields } from "./fields.js";
import type { ResultsForm, ResultsOptions } from "./results-form.js";
import { frameOf, textOf, unwrap } from "./wrapped.js";

/**
 * What a system said, in whichever of the ways people keep that, told by its content: a JSON list or JSON lines of
 * records, a list inside an object, texts by id, CSV, TSV, Parquet, the logs of lmms-eval and VLMEvalKit, batches of servers and
 * vLLM's outputs; packed or not.
 * @throws SimvlmError what `readText` throws, `not-json`, `excessive-json`, `bad-csv`, `bad-parquet`, `unknown-format`,
 *   `wrong-schema`, `ambiguous-columns`, `ambiguous-list`, `no-such-field`, `empty-predictions`
 */
export async function readResults<T>(
  path: string,
  form: ResultsForm<T>,
  options: ResultsOptions = {},
): Promise<Result<T>[]> {
  const reading = { path, form, options, collector: new ResultsCollector(path, form, options) };
  const container = await recognizeContainer(path, form.description);
  const said = container === "parquet" ? await takeParquet(reading) : await takeText(reading);
  const { results, said: layout } = reading.collector;
  const parts = [said, layout].filter((part) => part !== undefined);
  if (parts.length > 0) options.onRecognized?.(`${path}: read as ${parts.join(", ")}: ${results.length} predictions`);
  return requirePredictions(results, path, form.description);
}

/**
 * What every reader of results promises: at least one.
 * @param description of what the file should be
 * @throws SimvlmError `empty-predictions`
 */
export function requirePredictions<T>(predictions: T[], path: string, description: string): T[] {
  if (predictions.length > 0) return predictions;
  throw new SimvlmError("empty-predictions", `${path} has no predictions. This should be ${description}.`);
}

interface Reading<T> {
  readonly path: string;
  readonly form: ResultsForm<T>;
  readonly options: ResultsOptions;
  readonly collector: ResultsCollector<T>;
}

/** What the file is, where that must be said; undefined for the official forms. */
type Said = string | undefined;

async function takeParquet<T>({ path, form, collector, options }: Reading<T>): Promise<Said> {
  const table = await openParquet(path);
  collector.useColumns(table.columns, path);
  let row = 0;
  for await (const record of table.rows(columnsToRead(form, table.columns, options))) {
    row++;
    collector.take(record, (field) => `${path}, row ${row}${field === undefined ? "" : `: ${field}`}`);
  }
  return "Parquet";
}

async function takeText<T>(reading: Reading<T>): Promise<Said> {
  const { path, form, collector, options } = reading;
  const text = await readShortText(path);
  const start = /\S/.exec(text ?? (await readFirstLine(path)) ?? "")?.[0];
  if (start === undefined && text !== undefined) return undefined;
  if (start === "[" || start === "{") return text === undefined ? takeLong(reading) : takeJson(text, reading);
  if (text === undefined) throw tooLong(path);
  const { takeDelimited } = await import("./delimited.js"); // its library is loaded only where it is needed
  const { kind, isNamed } = takeDelimited(text, path, form, collector, options);
  return isNamed ? kind : undefined;
}

function takeJson<T>(text: string, reading: Reading<T>): Said {
  const { path, form, options } = reading;
  const Anything = z.unknown().describe(form.description);
  const isLines = beginsWithRecord(text);
  if (isLines) requireFewLines(text, path, "records");
  const lines = isLines ? splitLines(text) : [];
  if (lines.length > 1) {
    for (const [index, line] of lines.entries()) {
      if (line.trim() !== "") takeLine(reading, parseRecord(line, Anything, `${path}, line ${index + 1}`), index + 1);
    }
    return undefined;
  }
  const document = parseJson(text, path, Anything);
  const isRecord = options.field === undefined && isFields(document) && hasColumns(form, document, options);
  if (isRecord && !frameOf(document, form, options)) {
    takeLine(reading, document, 1);
    return undefined;
  }
  const { field, list, byId, frame } = unwrap(document, path, form, options);
  if (frame) {
    for (const [index, row] of frame.rows.entries()) takeRow(reading, row, field, index);
    return `a table of pandas (${frame.orient})${field === "" ? "" : ` in ${field}`}`;
  }
  for (const [index, record] of list?.entries() ?? []) takeItem(reading, record, field, index);
  for (const [id, value] of Object.entries(byId ?? {})) takeEntry(reading, id, value, field);
  if (byId) return `texts by id${field === "" ? "" : ` in ${field}`}`;
  return field === "" ? undefined : `a list in ${field}`;
}

/** Whether the first line that is not blank is a whole object, with another line after it. */
function beginsWithRecord(text: string): boolean {
  const start = text.search(/\S/);
  const end = text.indexOf("\n", start);
  if (text[start] !== "{" || end < 0 || text.slice(end, end + 4096).trim() === "") return false;
  return isWholeObject(text.slice(start, end));
}

function isWholeObject(line: string): boolean {
  try {
    return isFields(parseRecord(line, z.unknown(), ""));
  } catch {
    return false;
  }
}

function takeLine<T>({ path, collector }: Reading<T>, record: unknown, line: number): void {
  collector.take(record, (field) => `${path}, line ${line}${field === undefined ? "" : `: ${field}`}`);
}

function takeItem<T>({ path, collector }: Reading<T>, record: unknown, list: string, index: number): void {
  collector.take(record, (field) => `${path}: ${list}[${index}]${field === undefined ? "" : `.${field}`}`);
}

/** Where a table has no column of ids, its index has them. */
function takeRow<T>({ path, form, collector }: Reading<T>, { fields, label }: FrameRow, table: string, index: number) {
  const isNamed = label === undefined || findNames(form.id, Object.keys(fields)).length > 0;
  const record = isNamed ? fields : { [form.id.official]: label, ...fields };
  const where = `${path}: ${table === "" ? "" : `${table}, `}row ${index}`;
  collector.take(record, (field) => (field === undefined ? where : `${where}: ${field}`));
}

function takeEntry<T>({ path, form, collector }: Reading<T>, id: string, value: unknown, field: string): void {
  const text = textOf(form, value);
  if (Array.isArray(text) && !form.takesLists) {
    throw new SimvlmError(
      "wrong-schema",
      `${path}: ${JSON.stringify(id)} has ${text.length} texts: expected one ${form.what} each (several captions are for \`simvlm diversity\`).`,
    );
  }
  collector.add(id, text, () => `${path}: ${field === "" ? "" : `${field}: `}${JSON.stringify(id)}`);
}

/** JSON that is too long to be held as a text: records line by line, or in one list, or in the lists of an object. */
async function takeLong<T>(reading: Reading<T>): Promise<Said> {
  const { path, form, options } = reading;
  const Anything = z.unknown().describe(form.description);
  if (isWholeObject((await readFirstLine(path)) ?? "")) {
    let number = 0;
    for await (const line of readLinesOf(await openTextStream(path), path)) {
      number++;
      if (line.trim() !== "") takeLine(reading, parseRecord(line, Anything, `${path}, line ${number}`), number);
    }
    return undefined;
  }
  const fault = (problem: string, place = "") =>
    new SimvlmError(
      "not-json",
      `${path}${place === "" ? "" : `: ${place}`}: not JSON: ${problem}. This should be ${form.description}.`,
    );
  let chosen: string | undefined;
  for await (const { key = "", index, value } of splitJson(await openTextStream(path), fault)) {
    if (index === undefined) {
      if (options.field === undefined && typeof value === "string" && (chosen ?? "") === "") {
        chosen = "";
        takeEntry(reading, key, value, "");
      }
    } else if (value !== undefined && isChosen(reading, key, index, value, chosen)) {
      chosen = key;
      takeItem(reading, value, key, index);
    }
  }
  if (chosen === undefined) {
    throw new SimvlmError(
      "wrong-schema",
      `${path}: no predictions were found in the outermost lists; in so long a file none are looked for inside. ` +
        `This should be ${form.description}.`,
    );
  }
  return chosen === "" ? undefined : `a list in ${chosen}`;
}

/** Whether a record is one of the list that holds the predictions, which its first record tells. */
function isChosen<T>({ path, form, options }: Reading<T>, key: string, index: number, value: unknown, chosen?: string) {
  if (chosen === key || key === "") return true;
  const isMeant =
    options.field === undefined ? isFields(value) && hasColumns(form, value, options) : options.field === key;
  if (index > 0 || !isMeant) return false;
  if (chosen === undefined) return true;
  throw new SimvlmError(
    "ambiguous-list",
    `${path}: ${chosen === "" ? "the whole" : chosen} and ${key} could each be the predictions, of ${describeValue(value)}. Say which field holds them.`,
  );
}
