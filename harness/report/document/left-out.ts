import type { EmbeddedFile } from "./embedded-file.js";

/** Whether a report has a file's hash alone: its references must not be passed on. */
export function isLeftOut({ text, gzip }: Pick<EmbeddedFile, "text" | "gzip">): boolean {
  return text === undefined && gzip === undefined;
}
