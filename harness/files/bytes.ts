import { openFile, unreadable } from "./open-file.js";

/**
 * The bytes of a file. What is no regular file is refused: a pipe or a device may never end.
 * @param longest how many there may be
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function readBytes(path: string, longest?: number): Promise<Buffer> {
  const file = await openFile(path, longest);
  try {
    return await file.readFile();
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

/**
 * The first bytes of a file, or all of it.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export async function readStart(path: string, length: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}
