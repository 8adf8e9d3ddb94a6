import { z } from "zod";
import type { CsvOptions } from "./csv.js";
import { parseJson, parseJsonLines } from "./json.js";
import { arrayOfMany } from "./schema.js";
import { readText } from "./text.js";

export interface RecordsOptions<T> extends Pick<CsvOptions, "columns"> {
  /** Whether a record fits the schema, for files of many records: see {@link arrayOfMany}. */
  isRight?: (record: Partial<T> | null) => boolean;
}

/**
 * A list of records, however it was written down: `[` opens a JSON array, `{` JSON lines, and where `columns` are
 * given anything else is comma-separated lines of them, with or without a header line. An empty file is an empty list.
 *
 * @param schema of one record; its description is of the file
 * @throws SimvlmError what {@link readText} throws, `not-json`, `bad-csv`, `wrong-schema`
 */
export async function readRecords<T>(
  path: string,
  schema: z.ZodType<T>,
  { columns, isRight }: RecordsOptions<T> = {},
): Promise<T[]> {
  const text = await readText(path);
  const start = /\S/.exec(text)?.[0];
  if (start === undefined) return [];
  if (start === "{") return parseJsonLines(text, path, schema);
  if (start !== "[" && columns) {
    const { parseCsv } = await import("./csv.js"); // its library is loaded only where it is needed
    return parseCsv(text, path, schema, { columns, trim: true });
  }
  const list = isRight ? arrayOfMany(schema, isRight) : z.array(schema);
  return parseJson(text, path, list.describe(schema.description ?? ""));
}
