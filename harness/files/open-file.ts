import { type FileHandle, open, stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";

/**
 * Opens a file for reading. What is no regular file is refused: a pipe would keep us waiting for ever.
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    if ((await stat(path)).isFile()) return await open(path, "r");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new SimvlmError("missing-file", `${path}: there is no such file, or it is a link to none.`, { cause });
    }
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${message}`, { cause });
  }
  throw new SimvlmError("unreadable-file", `${path} is not a regular file, but a folder, a pipe or a device.`);
}
