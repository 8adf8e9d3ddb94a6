import { SimvlmError } from "@simvlm/metrics";
import { isParquet, openParquet } from "../files/parquet.js";
import { openTextStream, readLinesOf } from "../files/text-stream.js";
import { untilBroken } from "../files/until-broken.js";
import type { GeneralFormat } from "./format.js";
import { listIds } from "./ids.js";
import { type OnFault, withoutPlace } from "./web-pair.js";

/** A document of text alone. */
export interface TextDocument {
  /** The file and the line or row. */
  readonly id: string;
  readonly text: string;
}

/** See {@link GeneralFormat}. */
export const DOCUMENTS_FORMAT: GeneralFormat = {
  name: "C4's documents",
  recognisedBy: "JSON lines with `text`, or Parquet with a column `text`",
  example: '{"text": "…", "url": "…"}: c4-train.00000-of-01024.json.gz',
};

/**
 * Documents as C4 has them, read as a stream: JSON lines with `text`, packed (.gz) or not, or Parquet with a column `text`.
 *
 * @param onFault called for a line that is not JSON or has no text, and for a file that breaks off or has a line that no
 *   document is as long as; what it throws ends the reading
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, `bad-parquet`, `wrong-schema`
 */
export async function* readDocuments(path: string, onFault: OnFault): AsyncGenerator<TextDocument> {
  if (await isParquet(path)) yield* readRows(path, onFault);
  else yield* readLines(path, onFault);
}

async function* readRows(path: string, onFault: OnFault): AsyncGenerator<TextDocument> {
  const table = await openParquet(path);
  if (!table.columns.includes("text")) {
    throw new SimvlmError("wrong-schema", `${path} has no column text, but ${listIds(table.columns)}.`);
  }
  const rows = untilBroken(table.rows(["text"]), (count, { message }) =>
    onFault(path, `the file breaks off after row ${count}: ${withoutPlace(message, path)}`),
  );
  for await (const [row, { text }] of rows) {
    const id = `${path}, row ${row}`;
    if (typeof text === "string" && text.trim() !== "") yield { id, text: text.trim() };
    else onFault(id, "no text");
  }
}

async function* readLines(path: string, onFault: OnFault): AsyncGenerator<TextDocument> {
  const lines = untilBroken(readLinesOf(await openTextStream(path), path), (count, { message }) =>
    onFault(path, `the file breaks off after line ${count}: ${withoutPlace(message, path)}`),
  );
  for await (const [line, content] of lines) {
    const text = content.trim() === "" ? undefined : readText(content, `${path}, line ${line}`, onFault);
    if (text) yield { id: `${path}, line ${line}`, text };
  }
}

function readText(content: string, where: string, onFault: OnFault): string | undefined {
  let text: unknown;
  try {
    text = (JSON.parse(content) as { text?: unknown } | null)?.text;
  } catch (error) {
    onFault(where, `not JSON: ${(error as Error).message}`);
    return undefined;
  }
  if (typeof text === "string" && text.trim() !== "") return text.trim();
  onFault(where, "no text");
  return undefined;
}
