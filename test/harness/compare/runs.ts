import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openRun } from "../../../harness/runs/open-run.js";
import { completeSettings, type TaskName, type TaskSettings } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import type { Scratch } from "../cli/run-cli.js";

export interface RunOptions {
  readonly task?: TaskName;
  /** The scratch folder's folder of data; default `data`. */
  readonly data?: string;
  readonly settings?: Partial<TaskSettings>;
  readonly label?: string;
  readonly limit?: number;
  readonly shard?: { index: number; of: number };
  /** Stop before results are written. */
  readonly unfinished?: boolean;
}

/** A run in the scratch folder that says what is given; `undefined` for an example that fails. */
export async function makeRun(
  scratch: Scratch,
  name: string,
  say: (id: string, place: number) => string | undefined,
  options: RunOptions = {},
): Promise<string> {
  const { task: taskName = "caption", data: dataName = "data", settings: given, unfinished, ...rest } = options;
  const task = findTask(taskName);
  const settings = completeSettings(task, given);
  const dataFolder = scratch.at(dataName);
  const data = await task.load(dataFolder, settings);
  const places = new Map(data.examples.map(({ id }, i) => [id, i]));
  const run = await openRun({
    folder: scratch.at(name),
    task,
    settings,
    data,
    dataFolder,
    seed: 1,
    predictor: {
      description: { kind: "hand-made", name },
      batchSize: 8,
      predict: async (examples) =>
        examples.map(({ id }) => {
          const prediction = say(id, places.get(id)!);
          return prediction === undefined ? { id, error: "no picture" } : { id, prediction };
        }),
    },
    ...rest,
  });
  try {
    await run.predict();
    if (!unfinished) await run.finish();
  } finally {
    await run.close();
  }
  return scratch.at(name);
}

export const CAPTIONS = [
  "a red dog in the snow",
  "two big cats on the sand",
  "a small blue bird",
  "three green fish in the sea",
  "a yellow car at night",
  "a red bus left of a house",
  "a white boat at sea",
  "a big house in the snow",
  "four apples on the sand",
  "a banana behind a ball",
  "a purple flower",
  "a black horse at night",
  "two small rabbits",
  "a pink elephant on the sand",
];
const DOMAINS = ["in-domain", "near-domain", "out-domain"];

export const idOf = (place: number) => String(101 + place);

/** What is to be seen in the pictures that the tests of facts look at; the rest of them show a dog each. */
const SCENES = [
  { things: [{ noun: "dog", color: "red", size: "big", count: 1 }], relations: [], background: "snow" },
  { things: [{ noun: "cat", color: "black", size: "big", count: 2 }], relations: [], background: "sand" },
];

export interface CaptionData {
  readonly folder?: string;
  readonly domains?: boolean;
  readonly facts?: boolean;
  readonly captions?: readonly string[];
  readonly file?: string;
}

/** Pictures that do not exist, in NoCaps' or COCO's form, with two references each. */
export function writeCaptionData(scratch: Scratch, options: CaptionData = {}): void {
  const { folder = "data", domains = true, facts = false, captions = CAPTIONS, file = "test.json" } = options;
  mkdirSync(join(scratch.at(folder), "images"), { recursive: true });
  scratch.write(`${folder}/${file}`, {
    images: captions.map((_, i) => ({
      id: Number(idOf(i)),
      file_name: `${idOf(i)}.jpg`,
      ...(domains && { domain: DOMAINS[i % 3] }),
    })),
    annotations: captions.flatMap((caption, i) =>
      [caption, `${caption} today`].map((text, j) => ({ id: 10 * i + j, image_id: Number(idOf(i)), caption: text })),
    ),
  });
  if (!facts) return;
  const lines = captions.map((_, i) => JSON.stringify({ image_id: Number(idOf(i)), facts: SCENES[i % 2] }));
  scratch.write(`${folder}/test-facts.jsonl`, `${lines.join("\n")}\n`);
}
