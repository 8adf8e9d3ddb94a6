import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSet } from "../coco.js";
import { type Command, runCommand, scratchFolder, simvlm } from "../measure.js";
import type { Run } from "../runner/row.js";
import { createShardedRun, sumMemory } from "../scale.js";
import { writeQuestions } from "../vqa.js";
import type { Axis, AxisKey } from "./growth-file.js";

const SIZES = [1, 10, 100, 1000, 10_000, 40_000] as const;
/** Fewer examples than six are resampled to nothing that says anything. */
const COMPARED_SIZES = SIZES.slice(1);
const PICTURES = 96;
const PROCESSES = [1, 2, 4] as const;

/** An axis that whole commands of ours are measured on. */
export type DataAxisKey = "captions" | "answers" | "compare" | "processes";

/** Measures it; rounds go through all sizes, so that a slow minute of the machine's meets all of them. */
export async function measureDataAxis(key: DataAxisKey, rounds: number, provider: string): Promise<Axis> {
  if (key === "processes") {
    const runShards = await createShardedRun(PICTURES, provider);
    return measureSizes(key, PROCESSES, rounds, async (size) => {
      const begin = performance.now();
      const runs = await runShards(size, size);
      return { ms: performance.now() - begin, ...sumMemory(runs) };
    });
  }
  const sizes = key === "compare" ? COMPARED_SIZES : SIZES;
  const commands = new Map<number, Command>();
  for (const size of sizes) commands.set(size, await PREPARE[key](size));
  return measureSizes(key, sizes, rounds, (size) => runCommand(commands.get(size)!));
}

/** The files of a size, and the command that is measured on them. */
const PREPARE: Readonly<Record<Exclude<DataAxisKey, "processes">, (size: number) => Promise<Command>>> = {
  async captions(size) {
    const folder = scratchFolder();
    const [references, predictions] = [join(folder, "references.json"), join(folder, "predictions.json")];
    writeFirst(size, references, predictions, 1);
    return simvlm("score", "--task", "caption", "--references", references, "--predictions", predictions);
  },
  async answers(size) {
    const list = Array.from({ length: 3000 }, (_, i) => `answer ${i}`);
    return simvlm("score", "--task", "vqa", ...writeQuestions(scratchFolder(), size, list));
  },
  async compare(size) {
    const folder = scratchFolder();
    const data = join(folder, "data");
    mkdirSync(data);
    const runs = ["1", "2"].map((seed) => join(folder, `run-${seed}`));
    for (const [i, run] of runs.entries()) {
      const predictions = join(folder, `predictions-${i}.json`);
      writeFirst(size, join(data, "test.json"), predictions, i + 1);
      await runCommand(simvlm("run", "--task", "caption", "--data", data, "--predictions", predictions, "--out", run));
    }
    return simvlm("compare", ...runs);
  },
};

/** The whole sets, by seed: each is written once. */
const whole = new Map<number, { references: string; predictions: string }>();

/** So many pictures of the set of COCO's size, with their five references each, and what a system says of them. */
function writeFirst(size: number, references: string, predictions: string, seed: number): void {
  let files = whole.get(seed);
  if (!files) {
    const folder = scratchFolder();
    files = { references: join(folder, "references.json"), predictions: join(folder, "predictions.json") };
    writeSet(files.references, files.predictions, seed);
    whole.set(seed, files);
  }
  interface Coco {
    readonly images: readonly { readonly id: number }[];
    readonly annotations: readonly { readonly image_id: number }[];
  }
  const { images, annotations, ...rest } = JSON.parse(readFileSync(files.references, "utf8")) as Coco;
  const kept = annotations.filter(({ image_id }) => image_id <= size);
  writeFileSync(references, JSON.stringify({ ...rest, images: images.slice(0, size), annotations: kept }));
  const said = JSON.parse(readFileSync(files.predictions, "utf8")) as readonly unknown[];
  writeFileSync(predictions, JSON.stringify(said.slice(0, size)));
}

/**
 * Times of all sizes in turn, after a run of each that warms up. Memory is that of the first run: one process that does all
 * sizes keeps what the largest needed.
 * @param sizes the smallest first
 */
export async function measureSizes(
  key: AxisKey,
  sizes: readonly number[],
  rounds: number,
  run: (size: number) => Promise<Run>,
): Promise<Axis> {
  const runs = sizes.map((): Run[] => []);
  const first: Run[] = [];
  for (const size of sizes) first.push(await run(size));
  for (let round = 0; round < rounds; round++) {
    for (const [i, size] of sizes.entries()) runs[i]!.push(await run(size));
  }
  return {
    key,
    points: sizes.map((size, i) => {
      const { megabytes = 0 } = first[i]!;
      const times = runs[i]!.map(({ ms }) => Number(ms.toPrecision(5)));
      return { size, times, ...(megabytes > 0 && { megabytes: Math.round(megabytes) }) };
    }),
  };
}
