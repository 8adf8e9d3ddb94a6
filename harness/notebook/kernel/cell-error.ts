import { fileURLToPath } from "node:url";
import { SimvlmError } from "@simvlm/metrics";
import type { CompiledText } from "./source-map.js";
import { type ReadError, readError, show } from "./thrown.js";

/** An error as Jupyter shows it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** What cells and modules were compiled from, by the file names that they have in a stack. */
export type CompiledTexts = ReadonlyMap<string, CompiledText>;

/** The name of the error of a cell that was interrupted. */
export const INTERRUPTED = "Interrupted";

/** The file name that a cell's code has in a stack. */
export const cellName = (number: number): string => `cell-${number}`;

const CELL_FRAME = /\b(cell-\d+):(\d+):\d+/;
/** A place in a frame: a cell or a file, line and column. */
const FRAME_PLACE = /(cell-\d+|\/[^():]*|[A-Za-z]:[\\/][^():]*):(\d+):(\d+)/g;
/** Node's own, and the kernel's. */
const OUR_FRAME = /node:internal|[\\/]notebook[\\/]kernel[\\/][\w-]+\.js/;
/** Frames that are shown; those of cells are, wherever they are. */
const MOST_FRAMES = 12;

/**
 * What a cell threw: the message, the line of the cell, and those frames of the stack that belong to the reader's code
 * or to a package, without the kernel's own. Lines are those of the cell as it was written. Paths are relative to the
 * folders given, so that a saved notebook names nobody's.
 */
export function describeThrown(thrown: unknown, texts: CompiledTexts, folders: readonly string[]): CellError {
  const error = readError(thrown);
  if (error === undefined) return simpleError("Thrown", show(thrown));
  const { name, message } = error;
  if (isInterruption(message)) return simpleError(INTERRUPTED, "The cell was interrupted.");
  const frames = ownFrames(error).map((frame) => locateFrame(frame, texts));
  const shown = frames.filter(
    (frame, index) => CELL_FRAME.test(frame) || (index < MOST_FRAMES && name !== SimvlmError.name),
  );
  const quoted = quoteCell(shown, texts);
  return {
    ename: name,
    evalue: message,
    traceback: [
      `${name}: ${message}`,
      ...quoted,
      ...error.errors.slice(0, MOST_FRAMES).map((one) => `one of them: ${headline(one)}`),
      ...describeCauses(error.cause, texts, quoted),
      ...shown.map((frame) => shortenPaths(frame, folders)),
    ],
  };
}

/** The error of a cell that does not compile. */
export function describeDiagnostics(calls: readonly (readonly unknown[])[], source: string): CellError {
  const lines = source.split("\n");
  const messages = calls.map(([, file, line, column, text]) => ({
    where: `${String(file)}${Number(line)}:${Number(column)}`,
    text: String(text),
    quoted: file === "" ? [lines[Number(line) - 1] ?? "", `${" ".repeat(Math.max(0, Number(column) - 1))}^`] : [],
  }));
  const [first] = messages;
  return {
    ename: "CompileError",
    evalue: first === undefined ? "The cell does not compile." : `${first.where} - ${first.text}`,
    traceback: messages.flatMap(({ where, text, quoted }) => [
      `${where} - ${text}`,
      ...quoted.map((line) => `  ${line}`),
    ]),
  };
}

/** An error without a stack. */
export function simpleError(ename: string, evalue: string): CellError {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

function isInterruption(message: string): boolean {
  return message === "Interrupted asynchronously" || /^Script execution was interrupted by `SIGINT`/.test(message);
}

/** Name and message of an error; of anything else, what it is. */
function headline(thrown: unknown): string {
  const error = readError(thrown);
  return error === undefined ? show(thrown) : `${error.name}: ${error.message}`;
}

/** Without what called the cell: the kernel, and the function that tslab wraps around it. */
function ownFrames({ stack, message }: ReadError): string[] {
  // A message may have lines that look like frames.
  const trace = stack.slice(stack.includes(message) ? stack.indexOf(message) + message.length : 0);
  const frames = trace.split("\n").filter((line) => /^\s+at /.test(line));
  const kernel = frames.findIndex((frame) => /node:vm|[\\/]tslab[\\/]dist[\\/]/.test(frame));
  // A cell that was continued after an `await` was not called by that function.
  const wrapped = kernel > 1 && CELL_FRAME.test(frames[kernel - 1]!) && !/at async /.test(frames[kernel - 1]!);
  const wrapper = wrapped ? kernel - 1 : kernel;
  return (kernel < 0 ? frames : frames.slice(0, wrapper)).filter((frame) => !OUR_FRAME.test(frame));
}

/** Names the place of the text that the frame's code was compiled from. What earlier cells declared is in a proxy. */
function locateFrame(frame: string, texts: CompiledTexts): string {
  return frame.replace(" Proxy.", " ").replace(FRAME_PLACE, (whole, name: string, line: string, column: string) => {
    const place = texts.get(name)?.locate({ line: Number(line), column: Number(column) });
    return place === undefined ? whole : `${name}:${place.line}:${place.column}`;
  });
}

/** @param quoted what is quoted already */
function describeCauses(cause: unknown, texts: CompiledTexts, quoted: readonly string[], depth = 0): string[] {
  if (cause === undefined) return [];
  if (depth === MOST_FRAMES) return ["caused by: …"];
  const error = readError(cause);
  if (error === undefined) return [`caused by: ${show(cause)}`];
  const lines = quoteCell(
    ownFrames(error).map((frame) => locateFrame(frame, texts)),
    texts,
  ).filter((line) => !quoted.includes(line));
  return [
    `caused by: ${headline(cause)}`,
    ...lines,
    ...describeCauses(error.cause, texts, [...quoted, ...lines], depth + 1),
  ];
}

/** The line of the cell that is nearest to what went wrong. */
function quoteCell(frames: readonly string[], texts: CompiledTexts): string[] {
  const [, name, line] = frames.map((frame) => CELL_FRAME.exec(frame)).find((match) => match !== null) ?? [];
  const quoted = name === undefined ? undefined : texts.get(name)?.source.split("\n")[Number(line) - 1];
  return quoted === undefined ? [] : [`  > ${quoted.trim()}`];
}

function shortenPaths(frame: string, folders: readonly string[]): string {
  const path = frame.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+)/, (url) => fileURLToPath(url));
  return folders.reduce((text, folder) => text.replaceAll(`${folder}/`, "").replaceAll(`${folder}\\`, ""), path);
}
