import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFilesAtomic } from "../files/atomic.js";
import { checkDestination, findDestination, isSameFile } from "../files/destination.js";
import { print, printData, tellLines } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";

/** Names of standard output. By the last ones a file would be opened a second time, and written over. */
const STANDARD_OUTPUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** Whether `-` or another name of standard output stands for a file. */
export function isStandardOutput(path: string): boolean {
  return STANDARD_OUTPUT.includes(path);
}

/**
 * Says before a command's work what would be wrong with its output files after it.
 * @param inputs files that the command reads
 * @throws SimvlmError `cannot-write`, `bad-option`
 */
export async function checkOutputs(outputs: readonly string[], inputs: readonly string[] = []): Promise<void> {
  if (outputs.filter(isStandardOutput).length > 1) {
    throw new SimvlmError("bad-option", "Only one output can go to standard output: name a file for the other.");
  }
  const files = outputs.filter((path) => !isStandardOutput(path));
  for (const [i, path] of files.entries()) {
    for (const other of [...inputs, ...files.slice(0, i)]) {
      if (!(await isSameFile(path, other))) continue;
      const what = inputs.includes(other) ? "an input" : "an output already";
      throw new SimvlmError("bad-option", `${path} is ${what} and would be overwritten: write to another file.`);
    }
    await checkDestination(path);
  }
}

/**
 * Refuses a file in the folder of a run, which holds what makes it verifiable, and nothing else.
 * @throws SimvlmError `bad-option`
 */
export async function requireOutside(path: string, runs: readonly string[]): Promise<void> {
  if (isStandardOutput(path)) return;
  const { path: place } = await findDestination(path);
  for (const run of runs) {
    const folder = await realpath(run).catch(() => undefined);
    if (folder === undefined || !place.startsWith(folder + sep)) continue;
    throw new SimvlmError("bad-option", `${path} is inside the run ${run}: write it outside the runs.`);
  }
}

/**
 * Refuses a page or a picture for a terminal.
 * @throws SimvlmError `bad-option`
 */
export function refuseTerminal(path: string): void {
  if (!isStandardOutput(path) || !process.stdout.isTTY) return;
  throw new SimvlmError("bad-option", `${path} is a terminal here: name a file, or send the output on with > or |.`);
}

/**
 * Refuses what cannot be a page: a name that browsers would not take for one, and a terminal.
 * @param option that names it
 * @throws SimvlmError `bad-option`
 */
export function requirePage(option: string, path: string): void {
  if (!/\.html?$/i.test(path) && !isStandardOutput(path)) {
    throw new SimvlmError("bad-option", `${option} ${path}: the name must end in .html.`);
  }
  refuseTerminal(path);
}

/**
 * Says before anything is handed in what would be wrong with the page that a job writes at the end.
 * @param path as the job is given it
 * @param place where that is, seen from here; absent where it cannot be seen
 * @throws SimvlmError `cannot-write`, `bad-option`
 */
export async function requireLaterPage(option: string, path: string, place?: string): Promise<void> {
  if (isStandardOutput(path))
    throw new SimvlmError("bad-option", `${option} ${path} would go to a job's log: name a file.`);
  requirePage(option, path);
  if (place !== undefined) await checkOutputs([place]);
}

/**
 * Writes a command's output files, whole or not at all, and what goes to standard output.
 * @throws SimvlmError `cannot-write`
 */
export async function writeOutputs(outputs: readonly (readonly [string, string | Uint8Array])[]): Promise<void> {
  await writeFilesAtomic(outputs.filter(([path]) => !isStandardOutput(path)));
  for (const [path, content] of outputs) if (isStandardOutput(path)) await printData(content);
}

/**
 * Prints for people what a command has to say beside its output files: on standard error where one of them is standard
 * output.
 * @param format is given the places in a line
 */
export async function printBeside(
  outputs: readonly (string | undefined)[],
  format: (width: number) => string,
): Promise<void> {
  const isTaken = outputs.some((path) => path !== undefined && isStandardOutput(path));
  if (isTaken) tellLines(format(outputWidth(process.stderr)));
  else await print(format(outputWidth()));
}
