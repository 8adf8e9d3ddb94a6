import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { splitJson } from "./json-pieces.js";
import { parseRecord } from "./parse-json.js";
import { requireFew } from "./record-limit.js";
import { itemSchema, validate } from "./schema.js";
import { openTextStream, readLinesOf } from "./text-stream.js";

/**
 * A JSON document of any length whose records stand in a list, or in the lists of an object; one of them is in memory
 * besides the result. Records keep the fields that the schema names, and no others.
 * @throws SimvlmError what `openTextStream` throws, `not-json`, `wrong-schema`, `too-long`
 */
export async function readLongJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const fault = (problem: string, place = "") =>
    new SimvlmError(
      "not-json",
      `${joinPlace(path, place)}: not JSON: ${problem}. This should be ${schema.description}.`,
    );
  const lists = new Map<string | undefined, unknown[]>();
  const fields = new Map<string, unknown>();
  let records = 0;
  for await (const { key, index, value } of splitJson(await openTextStream(path), fault)) {
    const field = key === undefined ? schema : fieldOf(schema, key);
    if (!field) continue;
    if (index === undefined) fields.set(key!, value);
    else if (value === undefined) {
      if (key === undefined && !itemSchema(schema)) validate(schema, [], path);
      lists.set(key, []);
    } else {
      requireFew(++records, path);
      const record = itemSchema(field);
      const where = joinPlace(path, `${key ?? ""}[${index}]`);
      lists.get(key)!.push(record ? validate(record.describe(schema.description ?? ""), value, where) : value);
    }
  }
  if (lists.has(undefined)) return lists.get(undefined) as T;
  // The records have been checked, so what is left to check are the other fields.
  const empty = [...lists.keys()].map((key) => [key, []] as const);
  const whole = validate(schema, Object.fromEntries([...fields, ...empty]), path);
  return Object.assign(whole as object, Object.fromEntries(lists as Map<string, unknown[]>)) as T;
}

/**
 * JSON lines of any length; empty lines are passed over.
 * @param schema of one line
 * @throws SimvlmError what `openTextStream` throws, `not-json`, `wrong-schema`, `too-long`
 */
export async function readLongJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const values: T[] = [];
  let number = 0;
  for await (const line of readLinesOf(await openTextStream(path), path)) {
    number++;
    if (line.trim() === "") continue;
    requireFew(values.length + 1, path);
    values.push(parseRecord(line, schema, `${path}, line ${number}`));
  }
  return values;
}

/** So much of a first line is looked at. */
const LONGEST_BEGINNING = 1 << 20;

/**
 * The first line of a text file that is not blank, or its first million characters; undefined for one that has none.
 * @throws SimvlmError what `openTextStream` throws
 */
export async function readFirstLine(path: string): Promise<string | undefined> {
  let beginning = "";
  for await (const piece of await openTextStream(path)) {
    beginning = (beginning + piece).trimStart();
    const end = beginning.indexOf("\n");
    if (end >= 0) return beginning.slice(0, end).trimEnd();
    if (beginning.length > LONGEST_BEGINNING) return beginning.slice(0, LONGEST_BEGINNING);
  }
  return beginning === "" ? undefined : beginning;
}

function fieldOf(schema: z.ZodType, key: string): z.ZodType | undefined {
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, key)) return undefined;
  return schema.shape[key] as z.ZodType;
}

function joinPlace(path: string, place: string): string {
  return place === "" ? path : `${path}: ${place}`;
}
