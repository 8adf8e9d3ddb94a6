import { SimvlmError } from "@simvlm/metrics";

/** How every pointer begins (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
const POINTER = "version https://git-lfs.github.com/spec/";

/**
 * Git LFS leaves a short text in a file's place until the file itself is fetched.
 * @param start the first characters of what was read
 * @throws SimvlmError `lfs-pointer`
 */
export function refusePointer(start: string, path: string): void {
  if (!start.startsWith(POINTER)) return;
  throw new SimvlmError(
    "lfs-pointer",
    `${path} is a Git LFS pointer and not the file itself. Run \`git lfs pull\` in its folder, or download it again.`,
  );
}
