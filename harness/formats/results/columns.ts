import { SimvlmError } from "@simvlm/metrics";
import { findLogLayout, VLMEVALKIT } from "./evaluation-logs.js";
import { type FieldNames, type Fields, findNames, type Layout, listNames } from "./fields.js";
import type { ResultsForm, ResultsOptions } from "./results-form.js";

/**
 * Finds in the first of many records where all have the id and the text.
 * @param place of the record, for messages
 * @throws SimvlmError `wrong-schema` where a field is missing, `ambiguous-columns` where two could be meant
 */
export function chooseLayout(
  form: ResultsForm,
  first: Fields,
  { columns }: Pick<ResultsOptions, "columns">,
  place: string,
): Layout {
  const names = Object.keys(first);
  if (columns) {
    const missing = columns.find((name) => !names.includes(name));
    if (missing === undefined) return layFields(...columns, `fields ${columns.join(" and ")}`);
    throw new SimvlmError("wrong-schema", `${place}: there is no ${missing}, but ${listNames(names)}.`);
  }
  const log = findLogLayout(form, first);
  if (log) return log;
  const isOrdered = form.isIdOptional && findNames(form.id, names).length === 0;
  const id = isOrdered ? undefined : chooseName(form, "id", names, place);
  const text = chooseName(form, "text", names, place);
  if (id === undefined) return layInOrder(text);
  const isOfficial = id === form.id.official && text === form.text.official;
  return layFields(id, text, isOfficial ? undefined : `fields ${id} and ${text}`);
}

/** Whether a record has both fields, be it more than once. */
export function hasColumns(form: ResultsForm, record: Fields, { columns }: Pick<ResultsOptions, "columns">): boolean {
  const names = Object.keys(record);
  if (columns) return columns.every((name) => names.includes(name));
  const has = (fields: FieldNames) => findNames(fields, names).length > 0;
  return findLogLayout(form, record) !== undefined || ((form.isIdOptional || has(form.id)) && has(form.text));
}

/** Which columns of a table are worth reading: those that could be meant, not the pictures beside them. */
export function columnsToRead(form: ResultsForm, names: readonly string[], options: ResultsOptions): string[] {
  const meant = options.columns ?? [...findNames(form.id, names), ...findNames(form.text, names), ...VLMEVALKIT];
  return names.filter((name) => meant.includes(name));
}

/** By which fields the results of other tasks are known. */
const OTHERS = [
  { task: "caption", fields: ["image_id", "caption"] },
  { task: "vqa", fields: ["question_id", "answer"] },
  { task: "nlvr2", fields: ["identifier", "prediction"] },
  { task: "snli-ve", fields: ["pairID", "prediction"] },
] as const;

/** Without ids, the first record is 1. */
function layInOrder(text: string): Layout {
  let count = 0;
  return {
    said: `field ${text}, in the order of the examples`,
    isOrdered: true,
    id: () => ({ field: text, value: ++count }),
    text: (record) => ({ field: text, value: record[text] }),
  };
}

function layFields(id: string, text: string, said: string | undefined): Layout {
  return {
    said,
    id: (record) => ({ field: id, value: record[id] }),
    text: (record) => ({ field: text, value: record[text] }),
  };
}

function chooseName(form: ResultsForm, which: "id" | "text", names: readonly string[], place: string): string {
  const found = findNames(form[which], names);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const what = which === "id" ? "id" : form.what;
  if (first !== undefined) {
    throw new SimvlmError(
      "ambiguous-columns",
      `${place}: ${found.join(" and ")} could each be the ${what}. Say which: name the columns of the id and of the ${form.what}.`,
    );
  }
  const { official, others } = form[which];
  const other = OTHERS.find((one) => one.fields.every((name) => names.includes(name)));
  throw new SimvlmError(
    "wrong-schema",
    `${place}: no field for the ${what}: looked for ${[official, ...others.flat()].join(", ")}, found ` +
      `${listNames(names)}. This should be ${form.description}.` +
      (other === undefined ? "" : ` These look like results of the task ${other.task}.`),
  );
}
