import { openTextStream, readLinesOf } from "../files/text-stream.js";
import { type OnFault, withoutPlace } from "./web-pairs.js";

/** A document of text alone. */
export interface TextDocument {
  /** The file and the line. */
  readonly id: string;
  readonly text: string;
}

/**
 * Documents as C4 has them: JSON lines with `text`, packed (.gz) or not, read as a stream.
 *
 * @param onFault called for a line that is not JSON or has no text, and for a file that breaks off or has a line that no
 *   document is as long as; what it throws ends the reading
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export async function* readDocuments(path: string, onFault: OnFault): AsyncGenerator<TextDocument> {
  const lines = readLinesOf(await openTextStream(path), path);
  for (let line = 1; ; line++) {
    // An error of whoever takes the documents is none of the file's.
    const next = await lines.next().catch((error: Error) => error);
    if (next instanceof Error)
      return onFault(path, `the file breaks off after line ${line - 1}: ${withoutPlace(next.message, path)}`);
    if (next.done) return;
    const { value: content } = next;
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
