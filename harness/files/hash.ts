import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { SimvlmError } from "@simvlm/metrics";
import { requireFile } from "./open-file.js";

/** The SHA-256 of a file's bytes, in hex. @throws SimvlmError `missing-file`, `unreadable-file` */
export async function hashFile(path: string): Promise<string> {
  await requireFile(path);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch((cause: Error) => {
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${cause.message}`, { cause });
  });
  return hash.digest("hex");
}

/** The SHA-256 of a text in UTF-8 or of bytes, in hex. */
export function hashText(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
