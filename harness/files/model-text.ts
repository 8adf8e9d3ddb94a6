import { readBytes } from "./bytes.js";

/** In bytes: twice the largest tokenizer that is published. */
const LONGEST = 1 << 26;

/**
 * The text of one of the files that stand beside a model's weights.
 * @param longest how many bytes it may have
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export async function readModelText(path: string, longest = LONGEST): Promise<string> {
  return (await readBytes(path, longest)).toString("utf8");
}
