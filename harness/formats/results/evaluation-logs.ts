import { type Fields, findNames, isFields, type Layout, normalizeName } from "./fields.js";
import type { ResultsForm } from "./results-form.js";

/*
 * What lmms-eval and VLMEvalKit write of each sample, with what people said beside what the model said; and what servers and
 * engines answer to many requests at a time.
 */

/** The layout of a record of one of these logs; undefined for any other. */
export function findLogLayout(form: ResultsForm, record: Fields): Layout | undefined {
  if ("doc_id" in record && ("filtered_resps" in record || "resps" in record)) return lmmsEval(form, record);
  if (VLMEVALKIT.every((name) => name in record)) return vlmEvalKit(form, record);
  if ("custom_id" in record && (isFields(record.response) || isFields(record.result) || isFields(record.error))) {
    return BATCH;
  }
  if (textOfOutputs(record) !== undefined && findNames(form.text, Object.keys(record)).length === 0) {
    return vllm(form, record);
  }
  return undefined;
}

/** The results of a batch as the servers of OpenAI (vLLM's, too) and Anthropic hand them out; what failed has no text. */
const BATCH: Layout = {
  said: "a batch's results, ids from custom_id",
  id: ({ custom_id: value }) => ({ field: "custom_id", value }),
  text: ({ response, result }) => ({
    field: isFields(result) ? "result" : "response",
    value: replyOf(response ?? result),
  }),
};

/** The text in a chat completion, a completion, a response or a message; null where there is none. */
function replyOf(said: unknown): unknown {
  const body = isFields(said) ? (said.body ?? said.message) : undefined;
  if (!isFields(body)) return null;
  const choice = Array.isArray(body.choices) ? (body.choices[0] as unknown) : undefined;
  if (isFields(choice)) return joinParts(isFields(choice.message) ? choice.message.content : choice.text);
  const messages = Array.isArray(body.output) ? body.output.filter(isFields) : [];
  return joinParts(body.content ?? messages.find(({ type }) => type === "message")?.content);
}

/** The text of a reply that came in parts. */
function joinParts(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? null;
  const texts = content.flatMap((part) => (isFields(part) && typeof part.text === "string" ? [part.text] : []));
  return texts.length > 0 ? texts.join("") : null;
}

/** vLLM's `RequestOutput`, whose `outputs` hold the texts; ids from a field beside them, or the request's. */
function vllm(form: ResultsForm, first: Fields): Layout {
  const id = findNames(form.id, Object.keys(first))[0] ?? "request_id";
  return {
    said: `vLLM's outputs, ids from ${id}`,
    id: ({ [id]: value }) => ({ field: id, value }),
    text: (record) => ({ field: "outputs", value: textOfOutputs(record) }),
  };
}

/** One text, or several, which are refused; undefined for what vLLM does not write. */
function textOfOutputs({ outputs }: Fields): unknown {
  if (!Array.isArray(outputs) || outputs.length === 0) return undefined;
  const texts = outputs.map((output) => (isFields(output) ? output.text : undefined));
  if (texts.some((text) => typeof text !== "string")) return undefined;
  return onlyItem(texts);
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
