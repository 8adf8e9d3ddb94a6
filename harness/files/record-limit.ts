import { SimvlmError } from "@simvlm/metrics";

/**
 * How many records a file may have that are all held in memory. GQA's largest evaluation split has two million; a small
 * packed file may have any number.
 */
export const MOST_RECORDS = 2_500_000;

/** How many lines a plain text may have of which each is an example: a test set has thousands, Multi30k in all 30,000. */
const MOST_LINES = 1_000_000;

/**
 * @param records how many there are so far
 * @throws SimvlmError `too-long`
 */
export function requireFew(records: number, path: string, what = "records", most = MOST_RECORDS): void {
  if (records <= most) return;
  throw new SimvlmError("too-long", `${path} has more than ${most} ${what}. Split it into several files.`);
}

/**
 * Looks at a text before it is taken apart.
 * @param kind whether each line is a JSON record, or a sentence
 * @throws SimvlmError `too-long`
 */
export function requireFewLines(text: string, path: string, kind: "records" | "sentences"): void {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  requireFew(text.endsWith("\n") ? lines - 1 : lines, path, "lines", kind === "records" ? MOST_RECORDS : MOST_LINES);
}
