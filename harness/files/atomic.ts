import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";

/**
 * Writes a file so that its name never stands for half of it: under a temporary name beside it, flushed to the disk,
 * then renamed. Whatever was there stays until then.
 *
 * @throws SimvlmError `cannot-write`
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new SimvlmError("cannot-write", `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
