import type { z } from "zod";
import { readLongJson, readLongJsonLines } from "./json-stream.js";
import { parseJson, parseJsonLines } from "./parse-json.js";
import { readShortText } from "./text.js";

/**
 * One JSON document. One that is too long for a text in memory is read record by record, see `readLongJson`.
 *
 * @throws SimvlmError what `readText` throws, `not-json`, `excessive-json`, `wrong-schema`
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readShortText(path);
  return text === undefined ? readLongJson(path, schema) : parseJson(text, path, schema);
}

/**
 * One JSON value a line; empty lines are passed over.
 *
 * @param schema of one line
 * @throws SimvlmError what `readText` throws, `not-json`, `excessive-json`, `wrong-schema`, the last three with the
 *   line's number
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readShortText(path);
  return text === undefined ? readLongJsonLines(path, schema) : parseJsonLines(text, path, schema);
}
