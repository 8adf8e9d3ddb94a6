import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readTraining, readWeights, writeCheckpoint } from "../checkpoints/checkpoint.js";
import type { StoredType } from "../checkpoints/storage-types.js";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { withoutHomes } from "../files/home.js";
import { readJson } from "../files/json.js";
import type { ParameterShapes, WeightArrays } from "../layers/weights.js";
import type { Progress } from "./loop.js";
import type { TrainedArrays, TrainingArrays } from "./trainer.js";
import { TrainingLog } from "./training-log.js";

/** The files of a training's folder. */
export const SESSION_FILES = { recipe: "recipe.json", log: "log.jsonl", steps: "steps", final: "checkpoint" } as const;

const Recipe = z.looseObject({}).describe("the recipe of a training");
const Saved = z.object({ step: z.int().positive(), position: z.unknown() });

/** A training's folder: its recipe, its log, the latest state to continue from, and at the end the checkpoint. */
export interface Session {
  readonly log: TrainingLog;
  /** What to continue from; undefined at the beginning. */
  readonly resumed?: { readonly progress: Progress; readonly arrays: TrainingArrays } | undefined;
  save(progress: Progress, arrays: TrainedArrays): Promise<void>;
  /** Writes the trained checkpoint and removes the state. */
  finish(weights: WeightArrays, dtype: StoredType): Promise<void>;
}

/**
 * Opens the folder of a training: a new one, or one that was stopped and is to be continued.
 * @param given everything that the weights depend on; it is kept without the names of homes, and passed on so
 * @param files the texts that each checkpoint holds besides the weights, by the names of their files
 * @param weights those before the first step: their names and shapes, in this order, are those of every step
 * @throws SimvlmError `already-trained`, `other-recipe` naming what differs, `out-not-empty`
 */
export async function openSession(
  folder: string,
  given: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>>,
  weights: WeightArrays,
): Promise<Session> {
  const recipe = withoutHomes(given);
  const path = (name: string) => join(folder, name);
  const names: string[] = await readdir(folder).catch(() => []);
  if (names.length > 0) await checkRecipe(folder, recipe, names);
  if (names.includes(SESSION_FILES.final)) {
    throw new SimvlmError(
      "already-trained",
      `This training is already finished: ${path(SESSION_FILES.final)} is there.`,
    );
  }
  await makeFolder(path(SESSION_FILES.steps));
  await writeFileAtomic(path(SESSION_FILES.recipe), `${JSON.stringify(recipe, null, 2)}\n`);
  const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
  const resumed = await readLatest(path(SESSION_FILES.steps), shapes);
  const log = await TrainingLog.open(path(SESSION_FILES.log), resumed?.progress.step ?? 0);
  if (resumed) await log.append({ type: "resume", step: resumed.progress.step });
  return {
    log,
    resumed,
    async save(progress, { weights, moments }) {
      const tensors = { ...prefixed("first", moments.first), ...prefixed("second", moments.second) };
      const name = `step-${String(progress.step).padStart(8, "0")}`;
      const training = { state: progress, tensors };
      await writeCheckpoint(join(path(SESSION_FILES.steps), name), { files, weights, training }, { recipe });
      for (const other of await readdir(path(SESSION_FILES.steps))) {
        if (other !== name) await rm(join(path(SESSION_FILES.steps), other), { recursive: true, force: true });
      }
    },
    async finish(weights, dtype) {
      await writeCheckpoint(path(SESSION_FILES.final), { files, weights }, { dtype, recipe });
      await rm(path(SESSION_FILES.steps), { recursive: true, force: true });
    },
  };
}

/** @throws SimvlmError `other-recipe`, `out-not-empty` */
async function checkRecipe(
  folder: string,
  recipe: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Promise<void> {
  if (!names.includes(SESSION_FILES.recipe)) {
    if (names.every((name) => name === "tokenizer.json")) return;
    throw new SimvlmError(
      "out-not-empty",
      `${folder} is not empty, and it is not a training of simvlm. Give another folder.`,
    );
  }
  const found: Record<string, unknown> = withoutHomes(await readJson(join(folder, SESSION_FILES.recipe), Recipe));
  const differing = [...new Set([...Object.keys(found), ...Object.keys(recipe)])].filter(
    (key) => JSON.stringify(found[key]) !== JSON.stringify(recipe[key]),
  );
  if (differing.length === 0) return;
  const list = differing.map((key) => `${key} was ${JSON.stringify(found[key])}, now ${JSON.stringify(recipe[key])}`);
  throw new SimvlmError(
    "other-recipe",
    `${folder} has a training with other options: ${list.join("; ")}. Continue it with those, or choose another folder.`,
  );
}

/** The state after the latest step that was saved whole. */
async function readLatest(folder: string, shapes: ParameterShapes): Promise<Session["resumed"]> {
  const names = (await readdir(folder)).filter((name) => /^step-\d+$/.test(name)).sort();
  const latest = names.at(-1);
  if (latest === undefined) return undefined;
  const weights = await readWeights(join(folder, latest), shapes);
  const training = await readTraining(join(folder, latest));
  if (!training) throw new SimvlmError("no-training-state", `${join(folder, latest)} has no training state.`);
  const { step, position } = Saved.parse(training.state);
  const { tensors } = training;
  const moments = { first: without("first", tensors), second: without("second", tensors) };
  return { progress: { step, position }, arrays: { weights, moments } };
}

function prefixed(prefix: string, arrays: WeightArrays): WeightArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]));
}

function without(prefix: string, arrays: WeightArrays): WeightArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(prefix.length + 1), array]));
}
