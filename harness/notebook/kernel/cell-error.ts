import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { SimvlmError } from "@simvlm/metrics";

/** An error as Jupyter shows it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The compiled code of cells, by the file name that it has in a stack. */
export type CellCode = ReadonlyMap<string, string>;

/** The file name that a cell's code has in a stack. */
export const cellName = (number: number): string => `cell-${number}`;

const CELL_FRAME = /\b(cell-\d+):(\d+):\d+/;

/**
 * What a cell threw: the message, the line of the cell, and those frames of the stack that belong to the reader's code
 * or to a package, without the kernel's own. Paths are relative to the project, so that a saved notebook names nobody's
 * folders.
 */
export function describeThrown(thrown: unknown, cells: CellCode, root: string): CellError {
  if (isInterruption(thrown)) return simpleError("Interrupted", "The cell was interrupted.");
  if (!isError(thrown)) return simpleError("Thrown", typeof thrown === "string" ? thrown : inspect(thrown));
  const { name, message } = thrown;
  const shown = ownFrames(thrown).filter((frame) => !(thrown instanceof SimvlmError) || CELL_FRAME.test(frame));
  return {
    ename: name,
    evalue: message,
    traceback: [
      `${name}: ${message}`,
      ...describeCauses(thrown.cause),
      ...quoteCell(shown, cells),
      ...shown.map((frame) => shortenPaths(frame, root)),
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

function isInterruption(thrown: unknown): boolean {
  if (!isError(thrown)) return false;
  return (
    (thrown as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" ||
    thrown.message === "Interrupted asynchronously"
  );
}

/** Errors of other realms count, too. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
}

/** Without what called the cell: the kernel, and the function that tslab wraps around it. */
function ownFrames({ stack = "" }: Error): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const kernel = frames.findIndex((frame) => /node:vm|[\\/]tslab[\\/]dist[\\/]/.test(frame));
  const wrapper = kernel > 1 && CELL_FRAME.test(frames[kernel - 1]!) ? kernel - 1 : kernel;
  return (kernel < 0 ? frames : frames.slice(0, wrapper)).filter((frame) => !frame.includes("node:internal"));
}

function describeCauses(cause: unknown): string[] {
  if (!isError(cause)) return cause === undefined ? [] : [`caused by: ${inspect(cause)}`];
  return [`caused by: ${cause.name}: ${cause.message}`, ...describeCauses(cause.cause)];
}

/** Line numbers are those of the compiled cell: the line itself tells more. */
function quoteCell(frames: readonly string[], cells: CellCode): string[] {
  const [, name, line] = frames.map((frame) => CELL_FRAME.exec(frame)).find((match) => match !== null) ?? [];
  const quoted = name === undefined ? undefined : cells.get(name)?.split("\n")[Number(line) - 1];
  return quoted === undefined ? [] : [`  > ${quoted.replace(/\bexports\.(?:tsLastExpr\d* = )?/g, "").trim()}`];
}

function shortenPaths(frame: string, root: string): string {
  const path = frame.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+)/, (url) => fileURLToPath(url));
  return path.replaceAll(`${root}/`, "").replaceAll(`${root}\\`, "");
}
