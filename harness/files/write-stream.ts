import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { attemptWrite } from "./system-error.js";

/** What was written. */
export interface Written {
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Writes a new file piece by piece and flushes it to the disk. Its name stands for half of it meanwhile: for folders that
 * become whole as such.
 * @throws SimvlmError `cannot-write`, and what `chunks` throws
 */
export async function writeStream(path: string, chunks: AsyncIterable<Buffer>): Promise<Written> {
  const hash = createHash("sha256");
  let size = 0;
  const file = await attemptWrite(path, () => open(path, "wx"));
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      await attemptWrite(path, () => file.writeFile(chunk));
    }
    await attemptWrite(path, () => file.sync());
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest("hex") };
}
