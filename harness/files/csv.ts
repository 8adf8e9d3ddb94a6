import { SimvlmError } from "@simvlm/metrics";
import { CsvError, parse } from "csv-parse/sync";
import type { z } from "zod";
import { requireFewLines } from "./record-limit.js";
import { validate } from "./schema.js";

export interface CsvOptions {
  /** The columns' names where the file has no header line, or may have none; otherwise its first line names them. */
  columns?: readonly string[];
  /** Drop white space around the cells (default: keep it, it may belong to a text). */
  trim?: boolean;
  /** What separates the cells (default: a comma). */
  delimiter?: string;
  /** Is given the names in the first line, as it has them; not where `columns` are given. */
  onHeader?: (names: readonly string[]) => void;
}

interface CsvRow {
  info: { lines: number };
  record: Record<string, string>;
}

/**
 * The rows of comma-separated text, each an object keyed by column name.
 *
 * @param path where the text was read, for messages
 * @param schema of one row
 * @throws SimvlmError `bad-csv`, `wrong-schema`, both with the line's number, `too-long`
 */
export function parseCsv<T>(text: string, path: string, schema: z.ZodType<T>, options: CsvOptions = {}): T[] {
  const { columns, trim = false, delimiter = ",", onHeader } = options;
  requireFewLines(text, path, "records");
  const readHeader = (names: string[]) => {
    onHeader?.(names);
    return names;
  };
  let rows: CsvRow[];
  try {
    rows = parse<CsvRow>(text, {
      columns: columns ? [...columns] : readHeader,
      delimiter,
      info: true,
      record_delimiter: ["\n", "\r\n"],
      skip_empty_lines: true,
      trim,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new SimvlmError(
      "bad-csv",
      `${path}, line ${cause.lines}: ${cause.message}. This should be ${schema.description}.`,
      { cause },
    );
  }
  const first = columns?.[0];
  if (first !== undefined && rows[0]?.record[first] === first) rows.shift();
  return rows.map(({ info, record }) => validate(schema, record, `${path}, line ${info.lines}`));
}
