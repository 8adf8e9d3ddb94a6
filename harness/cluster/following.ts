import { join } from "node:path";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { quoteWord, quoteWords } from "./shell-words.js";
import type { Following } from "./submission.js";

/** A command that follows, for bash. @param shards how many the member that it puts together has */
export function formatFollowing({ command, shardsOf, words }: Following, shards: number): string {
  const folders = shardsOf === undefined ? "" : ` ${quoteWord(join(shardsOf, JOB_FOLDERS.shards))}/{1..${shards}}`;
  return `simvlm ${command}${folders} ${quoteWords(words)}`;
}
