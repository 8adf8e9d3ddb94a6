import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openRun, type Run, type RunRequest } from "../../../harness/runs/open-run.js";
import type { Outcome, Predictor } from "../../../harness/tasks/prediction.js";
import { completeSettings, type TaskExample, type TaskName, type TaskSettings } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import type { Scratch } from "../cli/run-cli.js";

export const CAPTIONS = [
  "a red ball on the sand",
  "two dogs in the snow",
  "a cat left of a house",
  "a small boat at sea",
  "a green apple",
  "three birds above a tree",
  "a toy car at night",
];
const DOMAINS = ["in-domain", "near-domain", "out-domain"];

/** A NoCaps-form data set of seven pictures that do not exist: nobody in these tests looks. */
export function writeCaptions(scratch: Scratch, name = "data"): string {
  mkdirSync(scratch.at(name), { recursive: true });
  const id = (i: number) => 101 + i;
  scratch.write(join(name, "test.json"), {
    images: CAPTIONS.map((_, i) => ({ id: id(i), file_name: `${id(i)}.jpg`, domain: DOMAINS[i % 3] })),
    annotations: CAPTIONS.flatMap((caption, i) =>
      [caption, `${caption} today`].map((text, j) => ({ id: 10 * i + j, image_id: id(i), caption: text })),
    ),
  });
  return scratch.at(name);
}

export interface FakePredictor extends Predictor {
  /** The ids it was asked, in order. */
  readonly asked: string[];
}

/** Says an example's id and its first target; what is in `broken` fails. */
export function fakePredictor(options: Partial<Predictor> & { broken?: readonly string[] } = {}): FakePredictor {
  const { broken = [], ...rest } = options;
  const asked: string[] = [];
  return {
    description: { kind: "fake" },
    batchSize: 2,
    async predict(examples: readonly TaskExample[]): Promise<Outcome[]> {
      asked.push(...examples.map(({ id }) => id));
      return examples.map(({ id, targets }) =>
        broken.includes(id) ? { id, error: "no picture" } : { id, prediction: `${targets[0]}`, logProbability: -0.5 },
      );
    },
    ...rest,
    asked,
  };
}

export interface Opening extends Partial<Omit<RunRequest, "settings" | "task">> {
  readonly task?: TaskName;
  readonly settings?: Partial<TaskSettings>;
}

/** A run of the caption data in the scratch folder's `data`, in its folder `run`. */
export async function open(scratch: Scratch, { task: name = "caption", settings: given, ...options }: Opening = {}) {
  const task = findTask(name);
  const settings = completeSettings(task, given);
  const dataFolder = options.dataFolder ?? scratch.at("data");
  const data = await task.load(dataFolder, settings);
  const defaults = { folder: scratch.at("run"), predictor: fakePredictor(), seed: 1 };
  return openRun({ ...defaults, ...options, task, settings, data, dataFolder });
}

/** Predicts, scores and closes. */
export async function complete(run: Run) {
  try {
    await run.predict();
    return await run.finish();
  } finally {
    await run.close();
  }
}
