import type { CellStacks } from "./cell-stacks.js";
import { type ReadError, readError, show } from "./thrown.js";

/** An error as Jupyter shows it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The name of the error of a cell that was interrupted. */
export const INTERRUPTED = "Interrupted";

/** Of errors that cause or gather each other, so many are told. */
const MOST_ERRORS = 12;

/** What a cell threw: the message, the line of the cell, and the stack as it is shown. */
export function describeThrown(thrown: unknown, stacks: CellStacks): CellError {
  const error = readError(thrown);
  if (error === undefined) return simpleError("Thrown", show(thrown));
  const { name, message } = error;
  if (isInterruption(message)) return simpleError(INTERRUPTED, "The cell was interrupted.");
  const frames = stacks.show(framesOf(error), error.name);
  const quoted = quote(frames, stacks);
  return {
    ename: name,
    evalue: message,
    traceback: [
      `${name}: ${message}`,
      ...quoted,
      ...error.errors.slice(0, MOST_ERRORS).map((one) => `one of them: ${headline(one)}`),
      ...describeCauses(error.cause, stacks, quoted, [thrown]),
      ...frames,
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

/** A message may have lines that look like frames. */
function framesOf({ stack, message }: ReadError): string[] {
  const trace = stack.slice(stack.includes(message) ? stack.indexOf(message) + message.length : 0);
  return trace.split("\n").filter((line) => /^\s+at /.test(line));
}

/**
 * @param quoted what is quoted already
 * @param told the error, and its causes so far: an error may be its own
 */
function describeCauses(
  cause: unknown,
  stacks: CellStacks,
  quoted: readonly string[],
  told: readonly unknown[],
): string[] {
  if (cause === undefined) return [];
  if (told.length > MOST_ERRORS || told.includes(cause)) return ["caused by: …"];
  const error = readError(cause);
  if (error === undefined) return [`caused by: ${show(cause)}`];
  const lines = quote(stacks.show(framesOf(error), error.name), stacks).filter((line) => !quoted.includes(line));
  return [
    `caused by: ${headline(cause)}`,
    ...lines,
    ...describeCauses(error.cause, stacks, [...quoted, ...lines], [...told, cause]),
  ];
}

function quote(shown: readonly string[], stacks: CellStacks): string[] {
  const line = stacks.quote(shown);
  return line === undefined ? [] : [`  > ${line}`];
}
