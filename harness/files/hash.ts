import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { openFile } from "./open-file.js";

/** The SHA-256 of a file's bytes, in hex. @throws SimvlmError `missing-file`, `unreadable-file` */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline((await openFile(path)).createReadStream(), hash);
  return hash.digest("hex");
}
