import { z } from "zod";
import { type CsvOptions, parseCsv } from "./csv.js";
import { parseJson, parseJsonLines } from "./json.js";
import { readText } from "./text.js";

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
  options: Pick<CsvOptions, "columns"> = {},
): Promise<T[]> {
  const text = await readText(path);
  const start = /\S/.exec(text)?.[0];
  if (start === undefined) return [];
  if (start === "{") return parseJsonLines(text, path, schema);
  if (start !== "[" && options.columns) return parseCsv(text, path, schema, { ...options, trim: true });
  return parseJson(text, path, z.array(schema).describe(schema.description ?? ""));
}
