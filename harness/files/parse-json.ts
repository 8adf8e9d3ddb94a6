import { SimvlmError } from "@simvlm/metrics";
import type { z } from "zod";
import { findExcess } from "./json-table.js";
import { splitLines } from "./lines.js";
import { parsePythonJson } from "./python-json.js";
import { requireFewLines } from "./record-limit.js";
import { validate } from "./schema.js";

/** What becomes of the text must fit into memory, and those who walk through it need a stack. */
export const JSON_LIMITS = { depth: 200, parts: 1 << 24 };

/**
 * One JSON document that was read from `path`.
 * @throws SimvlmError `not-json`, `excessive-json`, `wrong-schema`
 */
export function parseJson<T>(text: string, path: string, schema: z.ZodType<T>): T {
  return parseRecord(text, schema, path, (message) => describePosition(text, message));
}

/**
 * One JSON value a line, of a text that was read from `path`; empty lines are passed over.
 * @param schema of one line
 * @throws SimvlmError `not-json`, `excessive-json`, `wrong-schema` with the line's number
 */
export function parseJsonLines<T>(text: string, path: string, schema: z.ZodType<T>): T[] {
  requireFewLines(text, path, "records");
  const values: T[] = [];
  for (const [index, line] of splitLines(text).entries()) {
    if (line.trim() !== "") values.push(parseRecord(line, schema, `${path}, line ${index + 1}`));
  }
  return values;
}

/**
 * One line, or one record, of a longer text.
 * @param where the file and the line, for messages
 * @param position of an error in the text, by its message
 * @throws SimvlmError `not-json`, `excessive-json`, `wrong-schema`
 */
export function parseRecord<T>(
  text: string,
  schema: z.ZodType<T>,
  where: string,
  position = (_message: string) => "",
): T {
  const excess = findExcess(text, JSON_LIMITS);
  if (excess !== undefined) {
    throw new SimvlmError("excessive-json", `${where}: it ${excess}. This should be ${schema.description}.`);
  }
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new SimvlmError(
      "not-json",
      `${where}${position(message)}: not JSON: ${message}.${explainFault(text, message)} This should be ${schema.description}.`,
      { cause },
    );
  }
  return validate(schema, value, where);
}

/** What people often have instead of JSON; empty for anything else. */
function explainFault(text: string, message: string): string {
  const start = text.slice(0, 1000);
  if (/^\s*\[?\s*\{\s*'/.test(start))
    return " It is as Python prints it: in JSON, which json.dump writes, texts stand in double quotes.";
  if (/,\s*[\]}]\s*$/.test(text.slice(-1000))) return " There is a comma before the last bracket.";
  return message.includes("after JSON") && start.trimStart().startsWith("{")
    ? " There are several objects: each stands on a line of its own, or all in a list."
    : "";
}

/** How many characters V8 quotes before an unexpected token. */
const QUOTED_BEFORE = 10;

/** V8 gives the position of some errors, the surrounding text of others, and of a very short text neither. */
function describePosition(text: string, message: string): string {
  const given = / at position (\d+)/.exec(message)?.[1];
  const quoted = /, \.\.\."(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message)?.[1];
  let position: number;
  if (given !== undefined) position = Number(given);
  else if (quoted !== undefined) position = text.indexOf(quoted) + QUOTED_BEFORE;
  else if (message.startsWith("Unexpected end")) position = text.length;
  else return "";
  const before = text.slice(0, position).split("\n");
  return `, line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
