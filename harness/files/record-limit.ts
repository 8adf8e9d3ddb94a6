import { SimvlmError } from "@simvlm/metrics";

/**
 * How many records or lines a file may have whose examples are all held in memory. The largest split that people score has
 * a tenth of that; a small packed file may have any number.
 */
export const MOST_RECORDS = 4_000_000;

/**
 * @param records how many there are so far
 * @throws SimvlmError `too-long`
 */
export function requireFew(records: number, path: string, what = "records"): void {
  if (records <= MOST_RECORDS) return;
  throw new SimvlmError("too-long", `${path} has more than ${MOST_RECORDS} ${what}. Split it into several files.`);
}
