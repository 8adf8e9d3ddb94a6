import { z } from "zod";
import type { CsvOptions } from "./csv.js";
import { readFirstLine, readLongJson, readLongJsonLines } from "./json-stream.js";
import { parseJson, parseJsonLines } from "./parse-json.js";
import { arrayOfMany } from "./schema.js";
import { readShortText, tooLong } from "./text.js";

export interface RecordsOptions<T> extends Pick<CsvOptions, "columns"> {
  /** Whether a record fits the schema, for files of many records: see {@link arrayOfMany}. */
  isRight?: (record: Partial<T> | null) => boolean;
}

/**
 * A list of records, however it was written down: `[` opens a JSON array, `{` JSON lines, and where `columns` are
 * given anything else is comma-separated lines of them, with or without a header line. An empty file is an empty list.
 *
 * @param schema of one record; its description is of the file
 * @throws SimvlmError what `readText` throws, `not-json`, `excessive-json`, `bad-csv`, `wrong-schema`, `too-long`
 */
export async function readRecords<T>(
  path: string,
  schema: z.ZodType<T>,
  { columns, isRight }: RecordsOptions<T> = {},
): Promise<T[]> {
  const text = await readShortText(path);
  const start = /\S/.exec(text ?? (await readFirstLine(path)) ?? "")?.[0];
  if (start === undefined && text === undefined) throw tooLong(path);
  if (start === undefined) return [];
  if (start === "{") return text === undefined ? readLongJsonLines(path, schema) : parseJsonLines(text, path, schema);
  if (start !== "[" && columns) {
    if (text === undefined) throw tooLong(path);
    const { parseCsv } = await import("./csv.js"); // its library is loaded only where it is needed
    return parseCsv(text, path, schema, { columns, trim: true });
  }
  const list = (isRight ? arrayOfMany(schema, isRight) : z.array(schema)).describe(schema.description ?? "");
  return text === undefined ? readLongJson(path, list) : parseJson(text, path, list);
}
