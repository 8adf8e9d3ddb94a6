import { SimvlmError } from "@simvlm/metrics";

/** How every pointer begins (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md), the oldest ones included. */
const POINTER = /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\//;

/** In bytes: no pointer is longer, as the specification has it. */
export const LONGEST_POINTER = 1024;

/** In bytes: as many show that a file is a pointer. */
export const POINTER_START = 64;

/** Whether a file is such a text. @param bytes of it, the first ones at least */
export function isPointer(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, POINTER_START));
  return POINTER.test(start.toString("latin1"));
}

/**
 * Git LFS leaves a short text in a file's place until the file itself is fetched. `openFile` refuses it, whatever is
 * read; this is for what lies in no file of its own, such as a picture in an archive.
 * @param bytes of what was read, the first ones at least
 * @throws SimvlmError `lfs-pointer`
 */
export function refusePointer(bytes: Uint8Array, path: string): void {
  if (!isPointer(bytes)) return;
  throw new SimvlmError(
    "lfs-pointer",
    `${path} is a Git LFS pointer and not the file itself. Run \`git lfs pull\` in its folder, or download it again.`,
  );
}
