import { openFile } from "./open-file.js";

/** In bytes: twice the largest tokenizer that is published. */
const LONGEST = 1 << 26;

/**
 * The text of one of the files that stand beside a model's weights.
 * @param longest how many bytes it may have
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export async function readModelText(path: string, longest = LONGEST): Promise<string> {
  const file = await openFile(path, longest);
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
