import { SimvlmError } from "@simvlm/metrics";
import { CsvError, parse } from "csv-parse/sync";
import { unguardText } from "../../files/csv-field.js";
import { requireFewLines } from "../../files/record-limit.js";
import type { ResultsCollector } from "./collector.js";
import { findNames, listNames, normalizeName } from "./fields.js";
import type { ResultsForm, ResultsOptions } from "./results-form.js";

const DELIMITERS = { CSV: ",", TSV: "\t", "CSV with semicolons": ";" } as const;
type Kind = keyof typeof DELIMITERS;

/**
 * Takes predictions from comma-separated text, or text with tabs or semicolons between its columns, whose first line
 * names them; where the form allows it, from lines of an id and a text without names.
 * @returns what it was, and whether it had names
 * @throws SimvlmError `bad-csv`, and what the collector throws
 */
export function takeDelimited<T>(
  text: string,
  path: string,
  form: ResultsForm<T>,
  collector: ResultsCollector<T>,
  options: ResultsOptions,
): { kind: Kind; isNamed: boolean } {
  requireFewLines(text, path, "records");
  const start = text.slice(text.search(/\S/));
  const firstLine = /^[^\r\n]*/.exec(start)![0];
  const { kind, names, isNamed, hasHeader } = readHeader(firstLine, form, options);
  const where = (line: number) => (field?: string) => `${path}, line ${line}${field === undefined ? "" : `: ${field}`}`;
  if (isNamed) requireDistinct(names, form, where(1)());
  if (isNamed && !options.columns) requireNames(names, form, where(1)(), DELIMITERS[kind]);
  collector.useColumns(names, where(1)());
  let isHeader = hasHeader;
  try {
    parse(text, {
      delimiter: DELIMITERS[kind],
      record_delimiter: ["\n", "\r\n"],
      relax_quotes: true,
      skip_empty_lines: true,
      trim: form.isHeaderOptional === true,
      on_record: (cells: string[], { lines }) => {
        if (!isHeader) {
          const record = Object.fromEntries(names.map((name, i) => [name, unguardText(cells[i] ?? "")]));
          collector.take(record, where(lines));
        }
        isHeader = false;
        return null; // nothing is kept here
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new SimvlmError(
      "bad-csv",
      `${path}, line ${cause.lines}: ${cause.message}. A text that has a ${kind === "TSV" ? "tab" : "comma or semicolon"} stands in quotes. ` +
        `This should be ${form.description}.`,
      { cause },
    );
  }
  return { kind, isNamed };
}

interface Header {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly isNamed: boolean;
  readonly hasHeader: boolean;
}

/** The delimiter is the one that makes known names of the first line, or the most columns. */
function readHeader(line: string, form: ResultsForm, { columns }: ResultsOptions): Header {
  const kinds = Object.keys(DELIMITERS) as Kind[];
  const headers = kinds.map((kind) => ({ kind, names: splitHeader(line, DELIMITERS[kind]) }));
  const score = ({ names }: (typeof headers)[number]) => {
    const wanted = columns ?? [findNames(form.id, names)[0], findNames(form.text, names)[0]];
    return (
      wanted.filter((name) => name !== undefined && names.includes(name)).length * 1000 + Math.min(names.length, 999)
    );
  };
  const best = headers.reduce((most, header) => (score(header) > score(most) ? header : most));
  const { kind, names } = best;
  if (!form.isHeaderOptional || names.length !== 2 || columns) return { kind, names, isNamed: true, hasHeader: true };
  const isHeader = normalizeName(names[0]!) === normalizeName(form.id.official);
  const isNamed = isHeader && findNames(form.text, names).length > 0;
  return { kind, names: isNamed ? names : [form.id.official, form.text.official], isNamed, hasHeader: isHeader };
}

function requireDistinct(names: readonly string[], form: ResultsForm, place: string): void {
  const meant = [...findNames(form.id, names), ...findNames(form.text, names)];
  const twice = meant.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice === undefined) return;
  throw new SimvlmError(
    "ambiguous-columns",
    `${place}: two columns are called ${twice}. Give one of them another name.`,
  );
}

/** A first line of which no name is known is more likely a prediction. */
function requireNames(names: readonly string[], form: ResultsForm, place: string, delimiter: string): void {
  if ([form.id, form.text].some((field) => findNames(field, names).length > 0)) return;
  const header = [form.id.official, form.text.official];
  const known = [form.id, form.text].map(({ official, others }) => [official, ...others.flat()].join(", "));
  throw new SimvlmError(
    "wrong-schema",
    `${place}: the first line names no columns: looked for one of ${known.join(", and one of ")}, found ${listNames(names)}. Put a line above it that does, such as ` +
      `${JSON.stringify(header.join(delimiter))}, or say which of these are the names of the columns of the id and of ` +
      `the ${form.what}. This should be ${form.description}.`,
  );
}

function splitHeader(line: string, delimiter: string): string[] {
  try {
    const [cells = []] = parse(line, { delimiter, relax_quotes: true, trim: true }) as string[][];
    return cells.map(unguardText);
  } catch {
    return [line];
  }
}
