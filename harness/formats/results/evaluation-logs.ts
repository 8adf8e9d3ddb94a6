import { type Fields, findNames, isFields, type Layout, normalizeName } from "./fields.js";
import type { ResultsForm } from "./results-form.js";

/*
 * What lmms-eval and VLMEvalKit write of each sample, with what people said beside what the model said.
 */

/** The layout of a record of one of these logs; undefined for any other. */
export function findLogLayout(form: ResultsForm, record: Fields): Layout | undefined {
  if ("doc_id" in record && ("filtered_resps" in record || "resps" in record)) return lmmsEval(form, record);
  if (VLMEVALKIT.every((name) => name in record)) return vlmEvalKit(form, record);
  return undefined;
}

/** The columns by which VLMEvalKit's tables are known. */
export const VLMEVALKIT: readonly string[] = ["index", "question", "prediction"];

/** The column `answer` is what people said; the index is that of VLMEvalKit's own file. */
function vlmEvalKit(form: ResultsForm, record: Fields): Layout {
  const id = Object.keys(record).find((name) => normalizeName(name) === normalizeName(form.id.official)) ?? "index";
  return {
    said: `VLMEvalKit's output, ids from ${id}`,
    id: ({ [id]: value }) => ({ field: id, value }),
    text: ({ prediction: value }) => ({ field: "prediction", value }),
  };
}

/** Where the id may stand: in the document itself, else in what the task kept to score it or to hand it in. */
function lmmsEval(form: ResultsForm, first: Fields): Layout {
  const places = ["doc", ...Object.keys(first).filter((name) => name !== "doc" && name !== "arguments")];
  const place = places.find((name) => nameIn(form.id.official, first[name]) !== undefined);
  const [in_, id] =
    place !== undefined ? [place, nameIn(form.id.official, first[place])!] : ["doc", usualId(form, first.doc)];
  const answers = "filtered_resps" in first ? "filtered_resps" : "resps";
  const text = (record: Fields) => ({ field: answers, value: onlyItem(record[answers]) });
  if (id === undefined) {
    return { said: "lmms-eval's log, ids from doc_id", id: ({ doc_id: value }) => ({ field: "doc_id", value }), text };
  }
  return {
    said: `lmms-eval's log, ids from ${in_}.${id}`,
    id: (record) => {
      const inner = record[in_];
      return { field: `${in_}.${id}`, value: isFields(inner) ? inner[id] : undefined };
    },
    text,
  };
}

function usualId({ id }: ResultsForm, doc: unknown): string | undefined {
  return isFields(doc) ? findNames(id, Object.keys(doc))[0] : undefined;
}

function nameIn(wanted: string, value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  return Object.keys(value).find((name) => normalizeName(name) === normalizeName(wanted));
}

/** The one text of lists in lists; what holds several stays as it is, to be refused. */
function onlyItem(value: unknown): unknown {
  let inner = value;
  while (Array.isArray(inner) && inner.length === 1) inner = inner[0];
  return inner;
}
