import { SimvlmError } from "@simvlm/metrics";
import { type Frame, readFrame } from "../frame.js";
import { listIds } from "../ids.js";
import { hasColumns } from "./columns.js";
import { describeValue, type Fields, findNames, isFields } from "./fields.js";
import type { ResultsForm, ResultsOptions } from "./results-form.js";

/** Predictions inside a JSON document: records in a list, texts by the ids of their examples, or a table. */
export interface Wrapped {
  /** The fields that lead there, with dots between; empty for the document itself. */
  readonly field: string;
  readonly list: readonly unknown[] | undefined;
  readonly byId: Fields | undefined;
  /** What list or object is, where it is a table. */
  readonly frame?: Frame | undefined;
}

/** How deep predictions are looked for. */
const DEEPEST = 5;
/** What stands so beside images or questions are the right answers. */
const REFERENCES = "annotations";

/**
 * Finds the predictions in a JSON document, a list or an object.
 * @throws SimvlmError `wrong-schema`, `ambiguous-list`, `no-such-field`
 */
export function unwrap(document: unknown, path: string, form: ResultsForm, options: ResultsOptions): Wrapped {
  if (options.field !== undefined) return takeField(document, path, form, options, options.field);
  if (Array.isArray(document)) {
    return withFrame({ field: "", list: document, byId: undefined }, form, options, [
      form.id.official,
      form.text.official,
    ]);
  }
  const holders = listHolders(document).map((holder) => withFrame(holder, form, options));
  const isNamedSo = ({ field }: Wrapped) =>
    field === REFERENCES && ("images" in (document as Fields) || "questions" in (document as Fields));
  const fitting = holders.filter((holder) => !isNamedSo(holder) && isFitting(holder, form, options));
  const lists = fitting.filter(({ list }) => list);
  const whole = fitting.filter(({ field }) => field === "");
  const frames = fitting.filter(({ frame }) => frame);
  const candidates = [whole, lists, frames, fitting].find((found) => found.length > 0) ?? [];
  const [only, second] = candidates;
  if (only && !second) return only;
  if (!only) {
    const empty = holders.filter(({ list }) => list?.length === 0);
    if (empty.length === 1 && holders.filter(({ list }) => list).length === 1) return empty[0]!;
    if (holders.some(({ byId }) => byId && isMapping(byId, { ...form, takesLists: true }))) {
      throw new SimvlmError(
        "wrong-schema",
        `${path}: there are several texts for an id: expected one ${form.what} each (several captions are for \`simvlm diversity\`).`,
      );
    }
    throw new SimvlmError(
      "wrong-schema",
      `${path}: no predictions were found: looked for a list of records with an id and a ${form.what}, and for an object ` +
        `of them by id. ${describeHolders(holders, document)} This should be ${form.description}.`,
    );
  }
  throw new SimvlmError(
    "ambiguous-list",
    `${path}: ${listIds(candidates.map(({ field }) => nameField(field)))} could each be the predictions. ` +
      "Say which field holds them.",
  );
}

/** Whatever in the document could hold predictions, the outer before the inner. */
function listHolders(document: unknown): Wrapped[] {
  const holders: Wrapped[] = [];
  const walk = (value: unknown, field: string, depth: number): void => {
    if (Array.isArray(value)) holders.push({ field, list: value, byId: undefined });
    if (!isFields(value)) return;
    const byId = { field, list: undefined, byId: value };
    holders.push(byId);
    if (depth === DEEPEST || isMapping(byId.byId)) return;
    for (const [key, inner] of Object.entries(value)) walk(inner, field === "" ? key : `${field}.${key}`, depth + 1);
  };
  walk(document, "", 0);
  return holders;
}

function withFrame(
  holder: Wrapped,
  form: ResultsForm,
  options: ResultsOptions,
  unnamed?: readonly [string, string],
): Wrapped {
  return { ...holder, frame: frameOf(holder.list ?? holder.byId, form, options, unnamed) };
}

/**
 * The table that a JSON document is; undefined where it is none, or gives a text for each id.
 * @param unnamed what the two columns of rows without names are called
 */
export function frameOf(
  document: unknown,
  form: ResultsForm,
  { columns }: ResultsOptions,
  unnamed?: readonly [string, string],
): Frame | undefined {
  const isNamed = (names: readonly string[]) =>
    columns ? columns.every((name) => names.includes(name)) : findNames(form.text, names).length > 0;
  const frame = readFrame(document, isNamed, unnamed);
  return frame?.orient === "index" && isMapping(document as Fields, form) ? undefined : frame;
}

function isFitting({ list, byId, frame }: Wrapped, form: ResultsForm, options: ResultsOptions): boolean {
  if (frame) return true;
  if (byId) return isMapping(byId, form);
  const first = list?.[0];
  return isFields(first) && hasColumns(form, first, options);
}

/**
 * Whether an object gives a text for each id, in one of the ways people write that.
 * @param form without it, whether texts stand there as they are
 */
function isMapping(value: Fields, form?: ResultsForm): boolean {
  const entries = Object.entries(value);
  const isSaid = (inner: unknown) =>
    isText(inner) ||
    (form?.takesLists && Array.isArray(inner) && inner.length > 0 && inner.every((text) => typeof text === "string"));
  return entries.length > 0 && entries.every(([id, inner]) => isSaid(inner) || (form && isOwnRecord(form, id, inner)));
}

function isText(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.length === 1 && typeof value[0] === "string");
}

/** A record by its id may name the id once more; another's id makes it a list of one record. */
function isOwnRecord(form: ResultsForm, id: string, value: unknown): boolean {
  const record = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isFields(record)) return false;
  const names = Object.keys(record);
  const [own] = names.filter((name) => name === form.id.official);
  return findNames(form.text, names).length === 1 && (own === undefined || String(record[own]) === id);
}

/** The text in one of these ways; what is none is given back, to be refused. */
export function textOf(form: ResultsForm, value: unknown): unknown {
  const inner = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isFields(inner)) return inner;
  const [name] = findNames(form.text, Object.keys(inner));
  return name === undefined ? inner : inner[name];
}

function takeField(
  document: unknown,
  path: string,
  form: ResultsForm,
  options: ResultsOptions,
  field: string,
): Wrapped {
  const value = follow(document, field);
  if (Array.isArray(value)) return withFrame({ field, list: value, byId: undefined }, form, options);
  if (isFields(value)) return withFrame({ field, list: undefined, byId: value }, form, options);
  const what = value === undefined ? `there is no field ${field}` : `the field ${field} is ${describeValue(value)}`;
  throw new SimvlmError(
    "no-such-field",
    `${path}: ${what}. ${describeHolders(listHolders(document), document)} This should be ${form.description}.`,
  );
}

/** A key may have dots itself. */
function follow(value: unknown, field: string): unknown {
  if (!isFields(value)) return undefined;
  if (Object.hasOwn(value, field)) return value[field];
  for (let dot = field.indexOf("."); dot >= 0; dot = field.indexOf(".", dot + 1)) {
    const key = field.slice(0, dot);
    const found = Object.hasOwn(value, key) ? follow(value[key], field.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `Found lists at results (3 × an object with "a", "b").` */
function describeHolders(holders: readonly Wrapped[], document: unknown): string {
  const lists = holders.flatMap(({ field, list }) =>
    list ? [`${nameField(field)} (${list.length}${list.length > 0 ? ` × ${describeValue(list[0])}` : ""})`] : [],
  );
  return lists.length === 0 ? `Found ${describeValue(document)}.` : `Found lists at ${listIds(lists)}.`;
}

function nameField(field: string): string {
  return field === "" ? "the whole" : field;
}
