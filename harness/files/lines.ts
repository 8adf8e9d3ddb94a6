import { SimvlmError } from "@simvlm/metrics";
import { requireFewLines } from "./record-limit.js";
import { readText } from "./text.js";

/**
 * The lines of a text. Only LF and CR LF end a line: a vertical tab, form feed, U+0085 or U+2028 inside a caption
 * is text, and must not shift the lines that follow. A line feed at the very end opens no further line.
 */
export function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/**
 * {@link splitLines} of a file whose lines are sentences, captions or names.
 * @throws SimvlmError what `readText` throws, and `too-long` for more than a million lines
 */
export async function readLines(path: string): Promise<string[]> {
  const text = await readText(path);
  requireFewLines(text, path, "sentences");
  return splitLines(text);
}

/**
 * Files whose n-th lines belong together: source, target, image names, one system's output.
 *
 * @returns the lines of each file, in the order of `paths`, all of the same length
 * @throws SimvlmError `different-line-counts`, naming every file with its count; `empty-file` if none has a line
 */
export async function readParallelLines(paths: readonly string[]): Promise<string[][]> {
  const files = await Promise.all(paths.map(readLines));
  if (files.some((lines) => lines.length !== files[0]!.length)) {
    const counts = files.map((lines, index) => `${paths[index]} has ${lines.length} lines`).join(", ");
    throw new SimvlmError(
      "different-line-counts",
      `${counts}. Line n of each must belong together: check that they are the same split and that none is cut short.`,
    );
  }
  if (files[0]?.length === 0) throw new SimvlmError("empty-file", `${paths.join(", ")}: there are no lines.`);
  return files;
}
