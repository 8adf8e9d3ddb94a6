import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CAPTIONS, IMAGES, writeSet } from "./coco.js";
import { measureBeside, runCommand, scratchFolder, simvlm } from "./measure.js";
import type { BenchOptions, Row } from "./runner/row.js";

const ROUNDS = 3;

/** `simvlm compare` and `simvlm report` of two runs of COCO val2014's size, with 1,000 resamples: read, score, resample, write. */
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
  const size = `${IMAGES} images, ${CAPTIONS} references`;
  const report = simvlm("report", ...runs, "--out", join(folder, "report.html"));
  return [
    await measureBeside(`compare of two runs, ${size}`, simvlm("compare", ...runs), undefined, options, ROUNDS),
    await measureBeside(`report of two runs, ${size}`, report, undefined, options, ROUNDS),
  ];
}
