import { SimvlmError } from "@simvlm/metrics";
import type { z } from "zod";
import { splitLines } from "./lines.js";
import { validate } from "./schema.js";
import { readText } from "./text.js";

/**
 * One JSON document.
 *
 * @throws SimvlmError what {@link readText} throws, `not-json`, `wrong-schema`
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return parseJson(await readText(path), path, schema);
}

/** {@link readJson} of a text that was read from `path`. */
export function parseJson<T>(text: string, path: string, schema: z.ZodType<T>): T {
  return parse(text, schema, path, (message) => describePosition(text, message));
}

/**
 * One JSON value a line; empty lines are passed over.
 *
 * @param schema of one line
 * @throws SimvlmError what {@link readText} throws, `not-json`, `wrong-schema`, the last two with the line's number
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  return parseJsonLines(await readText(path), path, schema);
}

/** {@link readJsonLines} of a text that was read from `path`. */
export function parseJsonLines<T>(text: string, path: string, schema: z.ZodType<T>): T[] {
  const values: T[] = [];
  for (const [index, line] of splitLines(text).entries()) {
    if (line.trim() !== "") values.push(parse(line, schema, `${path}, line ${index + 1}`));
  }
  return values;
}

function parse<T>(text: string, schema: z.ZodType<T>, where: string, position = (_message: string) => ""): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new SimvlmError(
      "not-json",
      `${where}${position(message)}: not JSON: ${message}. This should be ${schema.description}.`,
      { cause },
    );
  }
  return validate(schema, value, where);
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
