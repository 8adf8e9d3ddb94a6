import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CAPTIONS, IMAGES, writeSet } from "./coco.js";
import { measureBeside, runCommand, scratchFolder, simvlm } from "./measure.js";
import type { BenchOptions, Row } from "./runner/row.js";

const ROUNDS = 3;

/** `simvlm compare` of two runs of COCO val2014's size, with 1,000 resamples: read, score, resample, print. */
export async function benchCompare(options: BenchOptions): Promise<Row[]> {
  const folder = scratchFolder();
  const data = join(folder, "data");
  mkdirSync(data);
  const runs = [];
  for (const seed of [1, 2]) {
    const [predictions, run] = [join(folder, `results-${seed}.json`), join(folder, `run-${seed}`)];
    writeSet(join(data, "test.json"), predictions, seed);
    await runCommand(simvlm("run", "--task", "caption", "--data", data, "--predictions", predictions, "--out", run));
    runs.push(run);
  }
  const work = `compare of two runs, ${IMAGES} images, ${CAPTIONS} references`;
  return [await measureBeside(work, simvlm("compare", ...runs), undefined, options, ROUNDS)];
}
