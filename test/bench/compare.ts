import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CAPTIONS, IMAGES, writeSet } from "./coco.js";
import { type Measurement, measureAgainst, measureSimvlm, project, runCommand, scratchFolder } from "./measure.js";

/** `simvlm compare` of two runs of COCO val2014's size, with 1,000 resamples: read, score, resample, print. */
export async function benchCompare(): Promise<Measurement[]> {
  const folder = scratchFolder();
  const data = join(folder, "data");
  mkdirSync(data);
  const runs = [];
  for (const seed of [1, 2]) {
    const [predictions, run] = [join(folder, `results-${seed}.json`), join(folder, `run-${seed}`)];
    writeSet(join(data, "test.json"), predictions, seed);
    const args = ["run", "--task", "caption", "--data", data, "--predictions", predictions, "--out", run];
    await runCommand(process.execPath, [join(project, "harness/bin/simvlm.js"), ...args]);
    runs.push(run);
  }
  const ours = await measureSimvlm(["compare", ...runs], 3);
  return [await measureAgainst(`compare of two runs, ${IMAGES} images, ${CAPTIONS} references`, ours)];
}
