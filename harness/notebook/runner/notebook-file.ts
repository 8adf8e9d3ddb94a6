import { createHash } from "node:crypto";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../../files/atomic.js";
import { readJson } from "../../files/json.js";
import { Json } from "../../files/schema.js";

/** Text in a notebook file: a string, or its lines. */
const text = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value.join("") : value));
const metadata = z.record(z.string(), Json);
/** By mime type: text, or JSON for the types that are JSON. */
const bundle = z.record(z.string(), Json);

const outputSchema = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.string(), text }),
  z.object({ output_type: z.literal("display_data"), data: bundle, metadata: metadata.default({}) }),
  z.object({
    output_type: z.literal("execute_result"),
    data: bundle,
    metadata: metadata.default({}),
    execution_count: z.int().nullable().default(null),
  }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const shared = { id: z.string().optional(), metadata, source: text };
const cellSchema = z.discriminatedUnion("cell_type", [
  z.object({
    ...shared,
    cell_type: z.literal("code"),
    outputs: z.array(outputSchema),
    execution_count: z.int().nullable().default(null),
  }),
  z.object({ ...shared, cell_type: z.literal("markdown"), attachments: z.record(z.string(), bundle).optional() }),
  z.object({ ...shared, cell_type: z.literal("raw"), attachments: z.record(z.string(), bundle).optional() }),
]);

const notebookSchema = z
  .object({ cells: z.array(cellSchema), metadata, nbformat: z.int(), nbformat_minor: z.int() })
  .describe("a Jupyter notebook");

/** An output of a code cell: a stream's text, something displayed, the value of the cell, or an error. */
export type Output = z.infer<typeof outputSchema>;
/** A cell: code, Markdown or raw text. */
export type Cell = z.infer<typeof cellSchema>;
/** A code cell. */
export type CodeCell = Extract<Cell, { cell_type: "code" }>;
/** A notebook as its file has it, see nbformat 4.5; multi-line texts are joined. */
export type Notebook = z.infer<typeof notebookSchema>;

const NBFORMAT = 4;
/** Since this one, cells have ids. */
const NBFORMAT_MINOR = 5;

/**
 * Reads a notebook as nbformat 4.5 has it; a cell without an id gets one, made from its source.
 *
 * @throws SimvlmError what {@link readJson} throws, `old-notebook`, `foreign-notebook`
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const { nbformat } = await readJson(path, z.looseObject({ nbformat: z.int() }).describe("a Jupyter notebook"));
  if (nbformat !== NBFORMAT) {
    throw new SimvlmError(
      "old-notebook",
      `${path}: nbformat ${nbformat}. Open it in Jupyter and save it, which converts it to version 4.`,
    );
  }
  const notebook = await readJson(path, notebookSchema);
  const language = languageOf(notebook);
  if (language !== undefined && language !== "typescript") {
    throw new SimvlmError(
      "foreign-notebook",
      `${path} is written in ${language}. Only TypeScript notebooks can be run here.`,
    );
  }
  const cells = notebook.cells.map((cell, index) => ({ ...cell, id: cell.id ?? makeId(cell.source, index) }));
  return { ...notebook, cells, nbformat_minor: Math.max(notebook.nbformat_minor, NBFORMAT_MINOR) };
}

/** Writes a notebook whole or not at all, formatted by {@link formatNotebook}. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeFileAtomic(path, formatNotebook(notebook));
}

/**
 * The text of a notebook as Jupyter writes it, so that the file's history shows what changed: sorted keys, an indent of
 * one space, texts as lists of lines.
 */
export function formatNotebook({ cells, ...rest }: Notebook): string {
  const stored = { ...rest, cells: cells.map(storeCell) };
  return `${JSON.stringify(sortKeys(stored), undefined, 1)}\n`;
}

/** Whether a cell's metadata has this tag. */
export function hasTag(cell: Cell, tag: string): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes(tag);
}

/** An id for a cell, the same for the same source at the same index. */
export function makeId(source: string, index: number): string {
  return createHash("sha256").update(`${index}\n${source}`).digest("hex").slice(0, 8);
}

function languageOf({ metadata: { kernelspec, language_info } }: Notebook): string | undefined {
  const named = z.looseObject({ language: z.string().optional(), name: z.string().optional() });
  return named.safeParse(language_info).data?.name ?? named.safeParse(kernelspec).data?.language;
}

function storeCell(cell: Cell): unknown {
  const source = splitText(cell.source);
  return cell.cell_type === "code" ? { ...cell, source, outputs: cell.outputs.map(storeOutput) } : { ...cell, source };
}

function storeOutput(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: splitText(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => [type, isText(type) ? splitText(value) : value]);
  return { ...output, data: Object.fromEntries(data) as unknown };
}

const isText = (type: string): boolean => /^text\/|^image\/svg\+xml$|^application\/javascript$/.test(type);

/** Lines, each with its line feed. */
function splitText(value: unknown): unknown {
  return typeof value === "string" ? (value.match(/[^\n]*\n|[^\n]+$/g) ?? []) : value;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child)]));
}
