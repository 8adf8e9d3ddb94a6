import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { SimvlmError } from "@simvlm/metrics";
import { openFile } from "./open-file.js";

/** The SHA-256 of a file's bytes, in hex. @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer` */
export async function hashFile(path: string): Promise<string> {
  const file = await openFile(path);
  const hash = createHash("sha256");
  await pipeline(file.createReadStream(), hash).catch((cause: Error) => {
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${cause.message}`, { cause });
  });
  return hash.digest("hex");
}

/** The SHA-256 of a text in UTF-8 or of bytes, in hex. */
export function hashText(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
