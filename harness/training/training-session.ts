import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { type WeightsFormat, writeCheckpoint } from "../checkpoints/checkpoint.js";
import { exists } from "../checkpoints/replace-folder.js";
import type { StoredType } from "../checkpoints/storage-types.js";
import { writeFilesAtomic } from "../files/atomic.js";
import { parseDraft, removeFolder, sweepClaimed } from "../files/drafts.js";
import { makeFolder } from "../files/folders.js";
import { withoutHomes } from "../files/home.js";
import { isJobFolder } from "../files/job-folders.js";
import { readJson } from "../files/json.js";
import { isLock, takeLock } from "../files/lock.js";
import { readText } from "../files/text.js";
import type { WeightArrays } from "../layers/weights.js";
import { hashPlace, isSameData } from "./data-place.js";
import type { Progress } from "./loop.js";
import type { TrainedArrays, TrainingArrays } from "./trainer.js";
import { TrainingLog } from "./training-log.js";
import { readLatestState, saveState } from "./training-states.js";

/** The files of a training's folder. */
export const SESSION_FILES = {
  recipe: "recipe.json",
  /** Stands for where the data lie, see {@link hashPlace}; a second line for what they hold, where that is known. */
  place: "data.sha256",
  log: "log.jsonl",
  steps: "steps",
  final: "checkpoint",
} as const;

const Recipe = z.looseObject({}).describe("the recipe of a training");
type Recipe = Readonly<Record<string, unknown>>;

/** A training's folder: its recipe, its log, the latest state to continue from, and at the end the checkpoint. */
export interface Session {
  readonly log: TrainingLog;
  /** What to continue from; undefined at the beginning. */
  readonly resumed?: { readonly progress: Progress; readonly arrays: TrainingArrays } | undefined;
  save(progress: Progress, arrays: TrainedArrays): Promise<void>;
  /** Writes the trained checkpoint and removes the state. */
  finish(weights: WeightArrays, dtype: StoredType): Promise<void>;
}

/** What a training begins with. */
export interface SessionStart {
  /** Everything that the weights depend on; `data` names files as they were typed. */
  readonly recipe: Recipe;
  /** Stands for what the data hold. Trainings of earlier versions did not write it down, and go on with whatever there is. */
  readonly dataHash?: string | undefined;
  /** Texts that the folder holds beside the recipe, by the names of their files: the weights depend on these, too. */
  readonly beside?: Readonly<Record<string, string>>;
  /** The texts that each checkpoint holds besides the weights, by the names of their files. */
  readonly files: Readonly<Record<string, string>>;
  /** What the finished file of weights says that it is for. */
  readonly weightsFormat?: WeightsFormat | undefined;
  /** Those before the first step: their names and shapes, in this order, are those of every step. */
  readonly weights: WeightArrays;
  /** Called with a line for the user to read. */
  readonly onMessage: (message: string) => void;
}

/**
 * Trains in a folder that nobody else trains in meanwhile: a new one, or one of a training that was stopped at any
 * moment and is to be continued.
 * @param train says whether it came to its end
 * @returns whether the training is finished; `train` is not called where it is already
 * @throws SimvlmError `training-in-use`, `other-recipe` naming what differs, `changed-data`, `out-not-empty`, `damaged-state`,
 *   `cannot-write`
 */
export async function withSession(
  folder: string,
  given: SessionStart,
  train: (session: Session) => Promise<boolean>,
): Promise<boolean> {
  const start = { ...given, recipe: withoutHomes(given.recipe), typed: given.recipe };
  await requireOurs(folder, start);
  await makeFolder(folder);
  const lock = await takeLock({ folder, name: "training", kind: "training", place: folder });
  try {
    const path = (name: string) => join(folder, name);
    await sweepClaimed(folder);
    const begun = await requireOurs(folder, start); // another process may have begun one in the meantime
    if (await exists(path(SESSION_FILES.final))) {
      if (await exists(path(SESSION_FILES.steps))) await removeFolder(path(SESSION_FILES.steps));
      start.onMessage(`${folder} is already finished: there is nothing to do`);
      return true;
    }
    const session = await openSession(folder, { ...start, recipe: begun ?? start.recipe });
    const save: Session["save"] = async (progress, arrays) => {
      lock.requireHeld();
      await session.save(progress, arrays);
    };
    return await train({ ...session, save });
  } finally {
    await lock.release();
  }
}

/** A start whose recipe tells nobody whose home the data lie in, and as it was given. */
interface HomelessStart extends SessionStart {
  readonly typed: Recipe;
}

async function openSession(folder: string, start: HomelessStart): Promise<Session> {
  const { recipe, typed, dataHash, beside = {}, files, weightsFormat, weights, onMessage } = start;
  const path = (name: string) => join(folder, name);
  const steps = path(SESSION_FILES.steps);
  // The recipe last, and before anything else: with it, the folder is a training's.
  const place = [await hashPlace(typed.data, folder), ...(dataHash === undefined ? [] : [dataHash]), ""].join("\n");
  const texts = { ...beside, [SESSION_FILES.place]: place, [SESSION_FILES.recipe]: formatRecipe(recipe) };
  const missing: (readonly [string, string])[] = [];
  for (const [name, text] of Object.entries(texts)) if (!(await exists(path(name)))) missing.push([path(name), text]);
  await writeFilesAtomic(missing);
  await makeFolder(steps);
  await sweepClaimed(steps);
  const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
  const { state: resumed, notes } = await readLatestState(steps, shapes);
  const log = await TrainingLog.open(path(SESSION_FILES.log), resumed?.progress.step ?? 0);
  for (const note of [...notes, ...log.notes]) onMessage(note);
  if (resumed) onMessage(`continues after step ${resumed.progress.step}`);
  return {
    log,
    resumed,
    async save(progress: Progress, arrays: TrainedArrays) {
      await log.flush(progress.step);
      await saveState(steps, progress, arrays, { files, recipe });
    },
    async finish(trained: WeightArrays, dtype: StoredType) {
      await writeCheckpoint(path(SESSION_FILES.final), { files, weights: trained, weightsFormat }, { dtype, recipe });
      await removeFolder(steps);
    },
  };
}

const formatRecipe = (recipe: unknown) => `${JSON.stringify(recipe, null, 2)}\n`;

/**
 * Whatever a process that was killed may have left counts as ours.
 * @returns the recipe of the training that was begun there, if one was
 * @throws SimvlmError `other-recipe`, `changed-data`, `out-not-empty`
 */
async function requireOurs(folder: string, start: HomelessStart): Promise<Recipe | undefined> {
  const { beside = {} } = start;
  const names = (await listFolder(folder)).filter((name) => !isLock(name) && !parseDraft(name));
  if (names.includes(SESSION_FILES.recipe)) {
    const begun = await requireSameRecipe(folder, start);
    await requireSameExamples(folder, start.dataHash);
    for (const name of names.filter((each) => each in beside)) await requireSameText(join(folder, name), beside[name]!);
    return begun;
  }
  for (const name of names) {
    if (name in beside || name === SESSION_FILES.place || isJobFolder(name)) continue;
    if (name === SESSION_FILES.steps && (await listFolder(join(folder, name))).length === 0) continue;
    throw new SimvlmError(
      "out-not-empty",
      `${folder} is not empty, and it is not a training of simvlm: it holds ${name}. Give another folder.`,
    );
  }
  return undefined;
}

async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function requireSameRecipe(folder: string, { recipe, typed }: HomelessStart): Promise<Recipe> {
  const found: Recipe = withoutHomes(await readJson(join(folder, SESSION_FILES.recipe), Recipe));
  const differing = [...new Set([...Object.keys(found), ...Object.keys(recipe)])].filter(
    (key) => JSON.stringify(found[key]) !== JSON.stringify(recipe[key]),
  );
  if (differing.length === 0) return found;
  if (differing.join() === "data" && (await isDataOf(folder, found.data, typed.data))) return found;
  const list = differing.map((key) => `${key} was ${JSON.stringify(found[key])}, now ${JSON.stringify(recipe[key])}`);
  throw new SimvlmError(
    "other-recipe",
    `${folder} has a training with other options: ${list.join("; ")}. Continue it with those, or choose another folder.`,
  );
}

/** Whether a training's data are these, however they were called when it was begun. */
async function isDataOf(folder: string, begun: unknown, typed: unknown): Promise<boolean> {
  if (await isSameData(begun, typed)) return true;
  return (await readHashes(folder))[0] === (await hashPlace(typed, folder));
}

/** Of where a training's data lie, and of what they hold, as far as that was written down. */
async function readHashes(folder: string): Promise<readonly string[]> {
  const path = join(folder, SESSION_FILES.place);
  return (await exists(path)) ? (await readText(path)).trim().split("\n") : [];
}

/** Whoever continues with other examples trains a model that is of neither. */
async function requireSameExamples(folder: string, dataHash: string | undefined): Promise<void> {
  const [, begun] = await readHashes(folder);
  if (begun === undefined || dataHash === undefined || begun === dataHash) return;
  throw new SimvlmError(
    "changed-data",
    `${folder} has a training on other examples: their ids or texts have changed since it was begun. Put the data back ` +
      "as they were, or choose another folder.",
  );
}

async function requireSameText(path: string, text: string): Promise<void> {
  if ((await readText(path)) === text) return;
  throw new SimvlmError(
    "other-recipe",
    `${path} is another one than this training would have. Continue with the options that it was begun with, or choose another folder.`,
  );
}
