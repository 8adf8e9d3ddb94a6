import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandomSource } from "@simvlm/metrics";
import { mergeRuns, openRun } from "simvlm/runs";
import { findTask } from "simvlm/tasks";
import { generateToybox } from "simvlm/toybox";
import { project, runCommand, scratchFolder, simvlm } from "./measure.js";
import { treeProcessorMs } from "./runner/processes.js";
import { type BenchOptions, type Row, type Run, rowOf } from "./runner/row.js";

const PICTURES = 100;
const BATCH_SIZE = 8;
const SMALL_SHARDS = 1000;
const SMALL_EXAMPLES = 20_000;

/** Shards side by side on this machine, a thousand of them merged, and simulated pre-emption. */
export async function* benchScale({ provider }: BenchOptions): AsyncGenerator<Row> {
  const shards: Row[] = [];
  for await (const row of benchShards(provider)) {
    shards.push(row);
    yield row;
  }
  yield await benchMerge();
  yield* simulatePreemption(TYPICAL);
  yield* simulatePreemption(paceOf(shards));
}

async function* benchShards(provider: string): AsyncGenerator<Row> {
  const runShards = await createShardedRun(PICTURES, provider);
  yield await measure("one shard of a million: what starting costs", () => runShards(1_000_000, 1));
  for (const of of [1, 2, 4]) {
    yield await measure(`${PICTURES} captions in ${of} shards, side by side`, () => runShards(of, of));
  }
}

/**
 * Captions by our own model: as many processes as shards, one thread's work each where there are more than processors.
 * Gives what runs the first shards, side by side, in a folder of their own.
 */
export async function createShardedRun(pictures: number, provider: string) {
  const folder = scratchFolder();
  const world = join(folder, "world");
  await generateToybox(world, {
    seed: 5,
    scale: "small",
    noise: 0,
    only: ["nocaps"],
    splits: ["test"],
    limit: pictures,
  });
  const run = ["run", "--task", "caption", "--data", join(world, "nocaps"), "--provider", provider];
  const words = [
    ...run,
    "--checkpoint",
    join(project, "fixtures/checkpoints/caption"),
    "--batch-size",
    `${BATCH_SIZE}`,
  ];
  let runs = 0;
  return async (of: number, started: number): Promise<Run[]> => {
    const out = join(folder, `run-${++runs}`);
    const shards = Array.from({ length: started }, (_, i) => [
      "--shard",
      `${i + 1}/${of}`,
      "--out",
      join(out, `${i + 1}`),
    ]);
    return Promise.all(shards.map((shard) => runCommand(simvlm(...words, ...shard))));
  };
}

/** The shards of a large run, which are made here in one process, and merged by the command. */
async function benchMerge(): Promise<Row> {
  const folder = scratchFolder();
  const ids = Array.from({ length: SMALL_EXAMPLES }, (_, i) => i + 1);
  const references = ids.map((id) => ({ id, image_id: id, caption: `a picture of a road with the number ${id}` }));
  const images = ids.map((id) => ({ id, file_name: `${id}.jpg` }));
  writeFileSync(join(folder, "test.json"), JSON.stringify({ images, annotations: references }));
  const task = findTask("caption");
  const settings = { split: "test", modality: "image", answer: "generate", language: "en", swapImages: false } as const;
  const data = await task.load(folder, settings);
  const names: string[] = [];
  for (let index = 1; index <= SMALL_SHARDS; index++) {
    const name = join(folder, `${index}`);
    names.push(name);
    const shard = { index, of: SMALL_SHARDS };
    const run = await openRun({
      ...{ folder: name, task, settings, data, dataFolder: folder, seed: 1, shard },
      predictor: {
        description: { kind: "hand-made" },
        batchSize: 64,
        predict: async (examples) => examples.map(({ id }) => ({ id, prediction: `a road with the number ${id}` })),
      },
    });
    await run.predict();
    await run.finish();
    await run.close();
  }
  const files = names.reduce((sum, name) => sum + readdirSync(name).length, 0); // a fifth of each where pictures were shown
  const merge = async () => {
    await mergeRuns({ folders: names, out: join(folder, "whole"), metrics: ["bleu"] });
    return []; // in this process, whose memory is not its own
  };
  return measure(`${SMALL_SHARDS} shards of ${SMALL_EXAMPLES} captions merged and scored`, merge, { files });
}

/** How long a task works, in seconds. */
interface Pace {
  /** In the names of rows. */
  readonly of: string;
  /** Starting a process, with a model. */
  readonly start: number;
  readonly batch: number;
}

/** A model of the size that people take clusters for. */
const TYPICAL: Pace = { of: "", start: 10, batch: 5 };

/** Of our own model, by the clock, as it was measured just now. */
function paceOf([empty, whole]: readonly Row[]): Pace {
  const [start, all] = [empty!.ours!.ms / 1000, whole!.ours!.ms / 1000];
  return { of: ", our own model", start, batch: Math.max(0.01, (all - start) / Math.ceil(PICTURES / BATCH_SIZE)) };
}

const HOUR = 3600;
const HOURS = 2000;

/**
 * A task of many hours on a machine that is taken away at random, so often in an hour on average, and given back at once.
 * Where there is notice, the batch is finished and starting anew is all that is lost; without, the batch is lost as well.
 */
function simulatePreemption({ of, start, batch }: Pace): Row[] {
  const random = createRandomSource(1);
  return [1, 6, 30].flatMap((rate) =>
    [true, false].map((isNoticed) => {
      let useful = 0;
      let passed = 0;
      while (passed < HOURS * HOUR) {
        const life = -Math.log(1 - random()) * (HOUR / rate);
        const batches = Math.max(0, (life - start) / batch);
        const done = life < start ? 0 : (isNoticed ? Math.ceil(batches) : Math.floor(batches)) * batch;
        useful += done;
        passed += Math.max(life, start * Number(isNoticed && life >= start) + done);
      }
      const lostPercent = inTenths(100 * (1 - useful / passed));
      return {
        work: `taken away ${rate} times an hour, ${isNoticed ? "with" : "without"} notice${of}`,
        facts: { start: inTenths(start), batch: Math.round(100 * batch) / 100, lostPercent },
      };
    }),
  );
}

const inTenths = (value: number): number => Math.round(10 * value) / 10;

/** Once: the time of the processors is what counts on a busy machine. */
async function measure(work: string, act: () => Promise<readonly Run[]>, facts: Row["facts"] = {}): Promise<Row> {
  const [started, before] = [performance.now(), treeProcessorMs() ?? 0];
  const runs = await act();
  const run = { ms: performance.now() - started, processorMs: (treeProcessorMs() ?? 0) - before, ...sumMemory(runs) };
  return rowOf(work, [run], { none: "" }, facts);
}

/** Of processes side by side, each at its peak; nothing where it is not known. */
export function sumMemory(runs: readonly Run[]): Pick<Run, "megabytes"> {
  const megabytes = runs.reduce((sum, run) => sum + (run.megabytes ?? 0), 0);
  return megabytes > 0 ? { megabytes } : {};
}
