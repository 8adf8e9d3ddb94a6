import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import type { OnFault } from "./web-pairs.js";

/** A document of text alone. */
export interface TextDocument {
  /** The file and the line. */
  readonly id: string;
  readonly text: string;
}

/**
 * Documents as C4 has them: JSON lines with `text`, packed (.gz) or not, read as a stream.
 *
 * @param onFault called for a line that is not JSON or has no text, and for a file that breaks off
 * @throws SimvlmError `missing-file`
 */
export async function* readDocuments(path: string, onFault: OnFault): AsyncGenerator<TextDocument> {
  const source = createReadStream(path);
  const opened = new Promise<void>((resolve, reject) => {
    source.once("open", () => resolve());
    source.once("error", reject);
  });
  await opened.catch((cause: Error) => {
    throw new SimvlmError("missing-file", `${path} cannot be read: ${cause.message}. Check the path.`, { cause });
  });
  const unpacked = path.endsWith(".gz") ? createGunzip() : undefined;
  if (unpacked) source.on("error", (error) => unpacked.destroy(error));
  const input = unpacked ? source.pipe(unpacked) : source;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  // Readline ends quietly where its input breaks off, or throws, as the version of Node has it.
  let broken: Error | undefined;
  input.on("error", (error: Error) => {
    broken = error;
    lines.close();
  });
  try {
    for await (const content of lines) {
      line++;
      const text = content.trim() === "" ? undefined : readText(content, `${path}, line ${line}`, onFault);
      if (text) yield { id: `${path}, line ${line}`, text };
    }
  } catch (error) {
    if (error !== broken) throw error;
  } finally {
    source.destroy();
  }
  if (broken) onFault(path, `the file breaks off after line ${line}: ${broken.message}`);
}

function readText(content: string, where: string, onFault: OnFault): string | undefined {
  try {
    const { text } = JSON.parse(content) as { text?: unknown };
    if (typeof text === "string" && text.trim() !== "") return text.trim();
    onFault(where, "no text");
  } catch (error) {
    onFault(where, `not JSON: ${(error as Error).message}`);
  }
  return undefined;
}
