import { fileURLToPath } from "node:url";
import { runCommand } from "./measure.js";
import { type BenchOptions, type Row, type Run, rowOf } from "./runner/row.js";

const WORK = fileURLToPath(new URL("statistics-work.js", import.meta.url));
const ROUNDS = 5;

/**
 * 1,000 resamples of 40,000 examples beside a plain loop with the same draws, as anyone would write it, and all that a
 * comparison of two runs by three metrics needs. The times are those of the processor, so that neighbours on the machine
 * count for little.
 */
export async function benchStatistics({ rounds = ROUNDS }: BenchOptions): Promise<Row[]> {
  const run = (...args: string[]) => runCommand({ command: process.execPath, args: [WORK, ...args], tellsTime: true });
  const rows: Row[] = [];
  for (const [metric, title] of [
    ["cider", "bootstrap of CIDEr, 1,000 × 40,000 rows of 2"],
    ["bleu", "bootstrap of BLEU, 1,000 × 40,000 rows of 10"],
  ] as const) {
    const [ours, peer]: [Run[], Run[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(await run(metric, "ours"));
      peer.push(await run(metric, "peer"));
    }
    rows.push(rowOf(title, ours, { name: "plain loop", runs: peer }));
  }
  const whole: Run[] = [];
  while (whole.length < rounds) whole.push(await run("comparison", "ours"));
  rows.push(rowOf("comparison of two runs, CIDEr, BLEU, ROUGE-L", whole, { none: "none to install" }));
  return rows;
}
