import { createReadStream } from "node:fs";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { countLine, type TrainedTokenizer, type TrainingOptions, trainFromCounts } from "./train.js";
import { WordCounts } from "./word-corpus.js";

/**
 * Learns a vocabulary from text files in UTF-8, with one sentence or document on each line; a file whose name ends in
 * `.gz` is decompressed.
 * @throws SimvlmError `cannot-read` naming the file, and what {@link trainTokenizer} throws
 */
export async function trainTokenizerFiles(
  files: readonly string[],
  options: TrainingOptions = {},
): Promise<TrainedTokenizer> {
  const counts = new WordCounts();
  for (const file of files) {
    try {
      await readLines(file, (line) => countLine(counts, line, options));
    } catch (cause) {
      if (!isReadError(cause)) throw cause;
      throw new SimvlmError("cannot-read", `Cannot read ${file}: ${cause.message}`, { cause });
    }
  }
  return trainFromCounts(counts, options);
}

async function readLines(file: string, visit: (line: string) => void): Promise<void> {
  const decompress = file.endsWith(".gz") ? createGunzip() : new PassThrough();
  await pipeline(createReadStream(file), decompress, async (chunks: AsyncIterable<Uint8Array>) => {
    const utf8 = new TextDecoder();
    let rest = "";
    for await (const chunk of chunks) {
      const lines = (rest + utf8.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) visit(line);
    }
    rest += utf8.decode();
    if (rest !== "") visit(rest);
  });
}

/** The file system and zlib give their errors a code such as ENOENT or Z_BUF_ERROR. */
function isReadError(cause: unknown): cause is Error {
  return cause instanceof Error && "code" in cause && !(cause instanceof SimvlmError);
}
