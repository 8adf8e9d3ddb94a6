import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "./harness/cli/run-cli.js";

/** A photograph that can be read. */
export const beach = join(project, "fixtures/images/beach.jpg");

/** What Git LFS leaves in a file's place. */
export const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 123\n`;

/** Gives some fields of a JSON file other values. */
export function editJson(path: string, change: Readonly<Record<string, unknown>>): void {
  const fields = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...fields, ...change }));
}

/** Changes the header of a safetensors file; its numbers stay. */
export function rewriteHeader(
  path: string,
  change: (header: Record<string, { shape: number[]; dtype: string }>) => void,
): void {
  const bytes = readFileSync(path);
  const data = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, data)) as Parameters<typeof change>[0];
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, bytes.subarray(data)]));
}
